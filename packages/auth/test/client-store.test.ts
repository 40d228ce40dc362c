import { describe, expect, it } from 'vitest'
import { alone, memoryStore } from '../src/client/store.ts'
import { failureOf, withResolvers } from './world.ts'

describe('work that is done alone', () => {
  it('is done in order, one at a time', async () => {
    const store = memoryStore()
    const gates = [withResolvers<void>(), withResolvers<void>()]
    const done: number[] = []
    const works = gates.map(({ promise }, at) =>
      alone(store, 'a', async () => {
        await promise
        done.push(at)
      }),
    )
    gates[1]?.resolve()
    await Promise.resolve()
    expect(done).toEqual([])
    gates[0]?.resolve()
    await Promise.all(works)
    expect(done).toEqual([0, 1])
  })

  it('REL-OAUTH-1: one that gives up waiting lets nobody past those before it', async () => {
    const store = memoryStore()
    const gate = withResolvers<void>()
    const order: string[] = []
    const first = alone(store, 'a', async () => {
      await gate.promise
      order.push('first')
    })
    const stop = new AbortController()
    const second = failureOf(alone(store, 'a', async () => order.push('second'), stop.signal))
    stop.abort(new Error('enough'))
    expect(await second).toMatchObject({ message: 'enough' })
    const third = alone(store, 'a', async () => order.push('third'))
    // Whatever could begin has begun.
    await new Promise((resolve) => setImmediate(resolve))
    gate.resolve()
    await Promise.all([first, third])
    expect(order).toEqual(['first', 'third'])
  })

  it('goes on after work that fails, and beside work under another key', async () => {
    const store = memoryStore()
    const failing = failureOf(alone(store, 'a', () => Promise.reject(new Error('no'))))
    expect(await alone(store, 'b', async () => 'b')).toBe('b')
    expect(await alone(store, 'a', async () => 'a')).toBe('a')
    expect(await failing).toMatchObject({ message: 'no' })
  })
})
