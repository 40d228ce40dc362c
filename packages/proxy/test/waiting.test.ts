import type { Context } from '@parley/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Talk } from '../src/talk.ts'
import { Waiting } from '../src/waiting.ts'

const contextWith = (answers: Record<string, object> = {}): Context =>
  // Nothing but the answers is looked at here.
  ({ call: { input: { answers: new Map(Object.entries(answers)) } } }) as unknown as Context

const never = new AbortController().signal
const question = { method: 'elicitation/create', params: { message: 'Well?' } } as const

const asking = (): Talk =>
  new Talk(contextWith(), async (talk) => ({ said: (await talk.ask(question, never))['word'] ?? null }))

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a talk', () => {
  it('hands out what is asked, and goes on with the answer', async () => {
    const talk = asking()
    expect(await talk.step()).toEqual({ questions: { q1: question } })
    talk.resume(contextWith({ q1: { word: 'yes' } }))
    expect(await talk.step()).toEqual({ result: { said: 'yes' } })
  })

  it('hands out again what was not answered', async () => {
    const talk = asking()
    await talk.step()
    talk.resume(contextWith({ other: {} }))
    expect(await talk.step()).toEqual({ questions: { q1: question } })
    talk.abort(new Error('over'))
    await expect(talk.step()).rejects.toThrow('over')
  })

  it('forgets a question that is withdrawn', async () => {
    const stop = new AbortController()
    const talk = new Talk(contextWith(), async (own) => {
      const first = own.ask(question, stop.signal).catch(() => 'withdrawn')
      const second = own.ask({ method: 'roots/list' }, never)
      return { first: await first, second: await second }
    })
    expect(Object.keys((await talk.step()) as object)).toEqual(['questions'])
    stop.abort(new Error('never mind'))
    expect(await talk.step()).toEqual({ questions: { q2: { method: 'roots/list' } } })
    talk.resume(contextWith({ q2: { roots: [] } }))
    expect(await talk.step()).toEqual({ result: { first: 'withdrawn', second: { roots: [] } } })
  })

  it('rejects what is asked after everybody has left', async () => {
    let late: Promise<unknown> | undefined
    const talk = new Talk(contextWith(), async (own) => {
      await own.ask(question, never).catch(() => undefined)
      late = own.ask(question, never)
      return { heard: String(await late.catch((error: unknown) => error)) }
    })
    await talk.step()
    talk.abort(new Error('gone'))
    expect(await talk.step()).toEqual({ result: { heard: 'Error: gone' } })
  })
})

describe('waiting', () => {
  it('gives a talk back once, to whoever has its id', async () => {
    const waiting = new Waiting(1000, 2)
    const talk = asking()
    await talk.step()
    const id = waiting.keep(talk)
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(waiting.take('another')).toBeUndefined()
    expect(waiting.take(undefined)).toBeUndefined()
    expect(waiting.take(id)).toBe(talk)
    expect(waiting.take(id)).toBeUndefined()
    expect(vi.getTimerCount()).toBe(0)
    talk.abort(new Error('over'))
    await expect(talk.step()).rejects.toThrow('over')
  })

  it('gives up a talk that nobody comes back for', async () => {
    const waiting = new Waiting(1000, 2)
    const talk = asking()
    await talk.step()
    const id = waiting.keep(talk)
    await vi.advanceTimersByTimeAsync(1000)
    expect(waiting.take(id)).toBeUndefined()
    await expect(talk.step()).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('keeps so many and no more, and gives all up at the end', async () => {
    const waiting = new Waiting(1000, 2)
    const talks = [asking(), asking(), asking()] as const
    for (const talk of talks) await talk.step()
    waiting.keep(talks[0])
    waiting.keep(talks[1])
    expect(() => waiting.keep(talks[2])).toThrow('Too many calls wait')
    await expect(talks[2].step()).rejects.toThrow('Too many calls wait')
    waiting.close()
    expect(waiting.size).toBe(0)
    await expect(talks[0].step()).rejects.toThrow('closed')
    expect(vi.getTimerCount()).toBe(0)
  })
})
