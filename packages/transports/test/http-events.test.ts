import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryEventLog } from '../src/http/memory-events.ts'
import type { EventLog, Replay } from '../src/http/events.ts'
import type { MemoryEventLogOptions } from '../src/http/memory-events.ts'

const mine = { session: 's', principal: 'p' }

type Scope = Parameters<EventLog['append']>[0]

const atOnce = <T>(answer: T | Promise<T>): T => {
  if (answer instanceof Promise) throw new TypeError('A log in memory keeps nobody waiting')
  return answer
}

type Log = {
  append: (scope: Scope, stream: string, text: string) => string
  replay: (scope: Scope, lastEventId: string) => Replay | undefined
  end: (scope: Scope, stream: string) => void
  drop: (scope: Scope) => void
}

const log = (options?: MemoryEventLogOptions): Log => {
  const events = memoryEventLog(options)
  return {
    append: (...args) => atOnce(events.append(...args)),
    replay: (...args) => atOnce(events.replay(...args)),
    end: (...args) => atOnce(events.end(...args)),
    drop: (...args) => atOnce(events.drop(...args)),
  }
}

afterEach(() => void vi.useRealTimers())

describe('the event log in memory', () => {
  it('G8: gives ids that are unique across the streams of a session', () => {
    const events = log()
    const ids = ['a', 'b', 'a', 'a-1', 'b'].map((stream) => events.append(mine, stream, 'x'))
    expect(new Set(ids).size).toBe(5)
    for (const id of ids) expect(id).toMatch(/^[\x21-\x7e]+$/)
  })

  it('G8: replays what came after an event, of its stream alone, in order', () => {
    const events = log()
    const first = events.append(mine, 'a', 'one')
    events.append(mine, 'b', 'other')
    const second = events.append(mine, 'a', 'two')
    const third = events.append(mine, 'a', 'three')
    expect(events.replay(mine, first)).toEqual({
      stream: 'a',
      events: [
        { id: second, text: 'two' },
        { id: third, text: 'three' },
      ],
      complete: true,
    })
    expect(events.replay(mine, third)).toEqual({ stream: 'a', events: [], complete: true })
  })

  it.each([
    '',
    '-',
    'a',
    'a-',
    'a-0',
    'a-2',
    'a-01',
    'a-1.0',
    'a-1e0',
    'a- 1',
    'a--1',
    'b-1',
    'A-1',
    'a-99999999999999999999',
    '__proto__-1',
  ])('SEC-ISO-3: %j names no event', (id) => {
    const events = log()
    events.append(mine, 'a', 'one')
    expect(events.replay(mine, id)).toBeUndefined()
  })

  it.each([
    { session: 's', principal: 'q' },
    { session: 't', principal: 'p' },
    { session: '', principal: '' },
    { session: 's', principal: '' },
  ])('SEC-ISO-3: an event is not readable for %j', (other) => {
    const events = log()
    const id = events.append(mine, 'a', 'one')
    events.append(mine, 'a', 'two')
    expect(events.replay(other, id)).toBeUndefined()
    events.append(other, 'a', 'theirs')
    expect(events.replay(other, id)).toEqual({ stream: 'a', events: [], complete: true })
  })

  it('keeps so many events of a stream, and says when something is missing', () => {
    const events = log({ events: 3 })
    const ids = ['1', '2', '3', '4', '5'].map((text) => events.append(mine, 'a', text))
    const texts = (id: string | undefined): unknown => {
      const found = events.replay(mine, id ?? '')
      return [found?.complete, found?.events.map(({ text }) => text).join('')]
    }
    expect(ids.map(texts)).toEqual([
      [false, '345'],
      [true, '345'],
      [true, '45'],
      [true, '5'],
      [true, ''],
    ])
  })

  it('keeps so much of a stream, but the newest event whatever its size', () => {
    const events = log({ size: 10 })
    const first = events.append(mine, 'a', 'x'.repeat(6))
    events.append(mine, 'a', 'y'.repeat(6))
    expect(events.replay(mine, first)).toMatchObject({ complete: true, events: [{ text: 'yyyyyy' }] })
    events.append(mine, 'a', 'z'.repeat(50))
    expect(events.replay(mine, first)).toMatchObject({ complete: false, events: [{ text: 'z'.repeat(50) }] })
  })

  it('keeps so much in all: the longest silent stream gives way', () => {
    const events = log({ total: 4 * 256 + 100 })
    const a = events.append(mine, 'a', 'a'.repeat(40))
    const b = events.append(mine, 'b', 'b'.repeat(40))
    events.append(mine, 'a', 'a'.repeat(10))
    events.append(mine, 'c', 'c'.repeat(40))
    expect(events.replay(mine, a)).toMatchObject({ complete: true, events: [{}] })
    // Nothing came after it, so that nothing is missing either.
    expect(events.replay(mine, b)).toEqual({ stream: 'b', events: [], complete: true })
  })

  it('counts what an event takes beside its text', () => {
    const events = log({ total: 1000 })
    const ids = ['a', 'b', 'c', 'd'].map((stream) => events.append(mine, stream, ''))
    const known = ids.map((id) => events.replay(mine, id)?.complete)
    expect(known).toEqual([true, true, true, true])
    events.end(mine, 'a')
    events.end(mine, 'd')
    expect(ids.map((id) => events.replay(mine, id) !== undefined)).toEqual([false, true, true, true])
  })

  it('takes nobody’s part for another who has more: a principal’s sessions are one part', () => {
    const events = log({ total: 12 * 256 + 100 })
    const anna = { session: 's1', principal: 'anna' }
    const first = events.append(anna, 'a', 'a')
    events.append(anna, 'a', 'a'.repeat(40))
    const greedy = Array.from({ length: 30 }, (_, index) => ({ session: `g${index}`, principal: 'greedy' }))
    const kept = greedy.map((scope) => [
      scope,
      events.append(scope, 'a', 'g'),
      events.append(scope, 'a', 'g'.repeat(9)),
    ])
    expect(events.replay(anna, first)).toMatchObject({ complete: true, events: [{}] })
    const left = kept.filter(([scope, id]) => {
      const { complete } = events.replay(scope as Scope, id as string) as Replay
      return complete
    })
    expect(left).toEqual(kept.slice(-5))
  })

  it('has a part for each session that is nobody’s', () => {
    const events = log({ total: 8 * 256 + 100 })
    const one = { session: 'one', principal: '' }
    const first = events.append(one, 'a', 'a')
    events.append(one, 'a', 'a'.repeat(40))
    for (let n = 0; n < 30; n += 1) events.append({ session: 'greedy', principal: '' }, `s${n}`, 'g'.repeat(10))
    expect(events.replay(one, first)).toMatchObject({ complete: true, events: [{}] })
  })

  it('takes from whoever has most when somebody comes who has little', () => {
    const events = log({ total: 4000 })
    const old = events.append({ session: 's', principal: 'greedy' }, 'a', 'g')
    events.append({ session: 's', principal: 'greedy' }, 'a', 'g'.repeat(2000))
    const firsts = ['anna', 'bert', 'carl'].map((principal) => {
      const scope = { session: 's', principal }
      const id = events.append(scope, 'a', 'x')
      events.append(scope, 'a', 'x'.repeat(9))
      return [scope, id] as const
    })
    for (const [scope, id] of firsts) expect(events.replay(scope, id)).toMatchObject({ complete: true, events: [{}] })
    expect(events.replay({ session: 's', principal: 'greedy' }, old)).toMatchObject({ complete: false, events: [] })
  })

  it('keeps the newest event, whatever its size, and whoever it is of', () => {
    const events = log({ total: 100 })
    const first = events.append(mine, 'a', 'x'.repeat(500))
    expect(events.replay(mine, first)).toMatchObject({ complete: true })
    const next = events.append(mine, 'b', 'y')
    events.append(mine, 'b', 'y'.repeat(500))
    expect(events.replay(mine, next)).toMatchObject({ complete: true, events: [{}] })
  })

  it('forgets the events of a silent stream after a while, and still never gives an id twice', () => {
    vi.useFakeTimers()
    const events = log({ age: 1000 })
    const first = events.append(mine, 'a', 'one')
    const second = events.append(mine, 'a', 'two')
    vi.advanceTimersByTime(1000)
    expect(events.replay(mine, first)).toEqual({ stream: 'a', events: [], complete: false })
    expect(events.replay(mine, second)).toEqual({ stream: 'a', events: [], complete: true })
    const third = events.append(mine, 'a', 'three')
    expect([first, second]).not.toContain(third)
    expect(events.replay(mine, second)).toMatchObject({ complete: true, events: [{ text: 'three' }] })
  })

  it('keeps a stream that has ended for the same while, and then knows nothing of it', () => {
    vi.useFakeTimers()
    const events = log({ age: 1000 })
    const first = events.append(mine, 'a', 'one')
    const last = events.append(mine, 'a', 'two')
    events.end(mine, 'a')
    expect(events.replay(mine, first)).toMatchObject({ complete: true, events: [{ text: 'two' }] })
    vi.advanceTimersByTime(1000)
    expect(events.replay(mine, first)).toBeUndefined()
    expect(events.replay(mine, last)).toBeUndefined()
  })

  it('forgets a session that is dropped, and no other', () => {
    const events = log()
    const other = { session: 't', principal: 'p' }
    const [one, two] = [events.append(mine, 'a', 'one'), events.append(other, 'a', 'two')]
    events.drop(mine)
    expect(events.replay(mine, one)).toBeUndefined()
    expect(events.replay(other, two)).toEqual({ stream: 'a', events: [], complete: true })
  })
})
