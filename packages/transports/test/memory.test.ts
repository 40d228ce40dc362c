import { ConnectionClosed } from '@parley/core'
import type { Message } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import { memory, pair } from '../src/memory/index.ts'
import { responder } from './peers.ts'

const note = (method: string, params?: Record<string, unknown>): Message => ({ kind: 'notification', method, params })

describe('a pair of channels', () => {
  it('carries messages in order, and nothing by reference', async () => {
    const [near, far] = pair()
    const shared = { list: [1], gone: undefined }
    await near.send(note('a', shared))
    await near.send(note('b'))
    shared.list.push(2)
    await near[Symbol.asyncDispose]()
    const got: Message[] = []
    for await (const { message } of far) got.push(message)
    expect(got).toEqual([note('a', { list: [1] }), note('b')])
  })

  it('rejects what JSON cannot hold, and hands over broken what no road would take', async () => {
    const [near, far] = pair({ depth: 4 })
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    await expect(near.send(note('a', circle))).rejects.toThrow(TypeError)
    await near.send(note('b', { a: { b: { c: {} } } }))
    await near[Symbol.asyncDispose]()
    const kinds: string[] = []
    for await (const { message } of far) kinds.push(message.kind)
    expect(kinds).toEqual(['broken'])
  })

  it('makes the sender wait while too much waits at the other end', async () => {
    const [near, far] = pair({ maxWaiting: 3 })
    let room = false
    await near.send(note('1'))
    await near.send(note('2'))
    const sent = Promise.resolve(near.send(note('3'))).then(() => (room = true))
    const messages = far[Symbol.asyncIterator]()
    for (const method of ['1', '2', '3'])
      expect(await messages.next()).toMatchObject({ value: { message: { method } } })
    expect(room).toBe(false)
    const next = messages.next()
    await sent
    void near.send(note('4'))
    expect(await next).toMatchObject({ value: { message: { method: '4' } } })
  })

  it('REL-HANG-1: leaves no send and no iteration pending once either end is closed', async () => {
    const [near, far] = pair({ maxWaiting: 1 })
    const waiting = near.send(note('a'))
    const reading = near[Symbol.asyncIterator]().next()
    await far[Symbol.asyncDispose]()
    await far[Symbol.asyncDispose]()
    await expect(waiting).rejects.toBeInstanceOf(ConnectionClosed)
    expect(await reading).toEqual({ value: undefined, done: true })
    for (const end of [near, far]) await expect(end.send(note('late'))).rejects.toBeInstanceOf(ConnectionClosed)
  })

  it('settles every `next`, however many were asked for at once', async () => {
    const [near, far] = pair()
    const messages = far[Symbol.asyncIterator]()
    const asked = [messages.next(), messages.next(), messages.next()]
    void near.send(note('1'))
    void near.send(note('2'))
    await near[Symbol.asyncDispose]()
    expect((await Promise.all(asked)).map(({ done }) => done)).toEqual([false, false, true])
  })

  it('keeps its order past the point where it lets go of what was taken', async () => {
    const [near, far] = pair({ maxWaiting: 1e6 })
    for (let count = 0; count < 5000; count += 1) void near.send(note(String(count)))
    let count = 0
    for await (const { message } of far) {
      expect(message).toEqual(note(String(count)))
      if (count < 4000) void near.send(note(String(5000 + count)))
      count += 1
      if (count === 9000) await near[Symbol.asyncDispose]()
    }
    expect(count).toBe(9000)
  })
})

describe('dialling a server in memory', () => {
  it('answers requests of many links, each with its own end', async () => {
    const server = responder(({ request, origin }) => ({ road: origin.road, params: request.params }))
    const [one, two] = await Promise.all([memory(server)(responder()), memory(server)(responder())])
    expect(await one.request('x', { a: 1 })).toEqual({ road: 'memory', params: { a: 1 } })
    await one[Symbol.asyncDispose]()
    await one[Symbol.asyncDispose]()
    await expect(one.request('x', {})).rejects.toBeInstanceOf(ConnectionClosed)
    expect(await two.request('x', { b: 2 })).toEqual({ road: 'memory', params: { b: 2 } })
    await two[Symbol.asyncDispose]()
    expect(await two.closed).toBeUndefined()
  })

  it('aborts what is being served when the link is closed', async () => {
    let reason: unknown
    const server = responder(({ signal }) => {
      signal.addEventListener('abort', () => (reason = signal.reason))
      return new Promise(() => undefined)
    })
    const link = await memory(server)(responder())
    const waiting = link.request('x', {})
    waiting.catch(() => undefined)
    await Promise.resolve()
    await Promise.resolve()
    await link[Symbol.asyncDispose]()
    await expect(waiting).rejects.toBeInstanceOf(ConnectionClosed)
    expect(reason).toBeInstanceOf(ConnectionClosed)
  })

  it('dials nothing for an aborted signal', async () => {
    await expect(memory(responder())(responder(), AbortSignal.abort('no'))).rejects.toBe('no')
  })
})
