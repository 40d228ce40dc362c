import type { EventLog, EventScope, Replay } from '@parley/transports/http/server'
import { describe, expect, it } from 'vitest'

/** An event log of yours, and what lets go of it. */
export type EventLogRig = {
  /** Has room for a few thousand characters, and keeps them for the time of a test. */
  log: EventLog
  /** Lets go of what the log holds open. */
  close?: () => PromiseLike<void> | void
}

/** What a log is made by: an empty one each time. */
export type MakeEventLog = () => EventLogRig | Promise<EventLogRig>

const withLog = async (make: MakeEventLog, run: (log: EventLog) => Promise<void>): Promise<void> => {
  const rig = await make()
  try {
    await run(rig.log)
  } finally {
    await rig.close?.()
  }
}

const anna: EventScope = { session: 'one', principal: 'anna' }

/** Those whose events are none of Anna's, although one has the same session id and the other the same principal. */
const others: EventScope[] = [
  { session: 'one', principal: 'bert' },
  { session: 'one', principal: '' },
  { session: 'two', principal: 'anna' },
]

const textsOf = (replay: Replay | undefined): string[] | undefined => replay?.events.map(({ text }) => text)

const filled = async (log: EventLog, scope: EventScope, stream: string, texts: string[]): Promise<string[]> => {
  const ids: string[] = []
  for (const text of texts) ids.push(await log.append(scope, stream, text))
  return ids
}

const replays = (make: MakeEventLog): void => {
  it('gives what came after an event, in order, under the ids that it went out under', () =>
    withLog(make, async (log) => {
      const [first = '', second = '', third = ''] = await filled(log, anna, 'p1', ['a', 'b', 'c'])
      expect(await log.replay(anna, first)).toEqual({
        stream: 'p1',
        events: [
          { id: second, text: 'b' },
          { id: third, text: 'c' },
        ],
        complete: true,
      })
      expect(await log.replay(anna, third)).toEqual({ stream: 'p1', events: [], complete: true })
      await log.append(anna, 'p1', 'd')
      expect(textsOf(await log.replay(anna, second))).toEqual(['c', 'd'])
    }))

  it('G8: gives no event of another stream', () =>
    withLog(make, async (log) => {
      const [first = ''] = await filled(log, anna, 'p1', ['a'])
      const [other = ''] = await filled(log, anna, 'p11', ['x', 'y'])
      await log.append(anna, 'p1', 'b')
      expect(textsOf(await log.replay(anna, first))).toEqual(['b'])
      expect(await log.replay(anna, other)).toMatchObject({ stream: 'p11', events: [{ text: 'y' }] })
    }))
}

const fidelity = (make: MakeEventLog): void => {
  it('gives every text back as it was', () =>
    withLog(make, async (log) => {
      const texts = ['', '{"a":"\\n"}', 'two\nlines\r\n', 'ä🧭\u2028\u0000', 'x'.repeat(2000)]
      const [first = ''] = await filled(log, anna, 'p1', ['start', ...texts])
      expect(textsOf(await log.replay(anna, first))).toEqual(texts)
    }))

  it('knows no event that it has not had', () =>
    withLog(make, async (log) => {
      const [only = ''] = await filled(log, anna, 'p1', ['a'])
      for (const id of [
        '',
        'p1',
        '-',
        '0',
        `${only}0`,
        `${only} `,
        ` ${only}`,
        `x${only}`,
        'constructor-1',
        '\u0000',
      ]) {
        expect([id, await log.replay(anna, id)]).toEqual([id, undefined])
      }
    }))
}

const ids = (make: MakeEventLog): void => {
  it('gives each event an id of its own in its session, in visible ASCII', () =>
    withLog(make, async (log) => {
      const given = [
        ...(await filled(log, anna, 'p1', ['a', 'a', 'a'])),
        ...(await filled(log, anna, 'p2', ['a', 'a', 'a'])),
        ...(await filled(log, anna, 'g1', ['a'])),
      ]
      expect(new Set(given).size).toBe(given.length)
      for (const id of given) expect(id).toMatch(/^[!-~]+$/)
    }))

  it('takes events of one stream in the order of the calls, without being waited for', () =>
    withLog(make, async (log) => {
      const settled: number[] = []
      const first = await log.append(anna, 'p1', 'start')
      const texts = Array.from({ length: 20 }, (_, index) => `${index}`)
      const given = await Promise.all(
        texts.map(async (text, index) => {
          const id = await log.append(anna, 'p1', text)
          settled.push(index)
          return id
        }),
      )
      const replay = await log.replay(anna, first)
      expect(replay?.events).toEqual(texts.map((text, index) => ({ id: given[index], text })))
      expect(settled).toEqual(settled.toSorted((one, other) => one - other))
    }))
}

const ends = (make: MakeEventLog): void => {
  it('keeps a stream that has ended, in case its end was not received', () =>
    withLog(make, async (log) => {
      const [first = ''] = await filled(log, anna, 'p1', ['a', 'b'])
      await log.end(anna, 'p1')
      await log.end(anna, 'p1')
      await log.end(anna, 'never')
      expect(await log.replay(anna, first)).toMatchObject({ events: [{ text: 'b' }], complete: true })
    }))

  it('forgets a session, and no other', () =>
    withLog(make, async (log) => {
      const [mine = ''] = await filled(log, anna, 'p1', ['a', 'b'])
      const theirs = await Promise.all(others.map((scope) => filled(log, scope, 'p1', ['c', 'd'])))
      await log.drop(anna)
      await log.drop(anna)
      expect(await log.replay(anna, mine)).toBeUndefined()
      for (const [index, scope] of others.entries()) {
        expect(textsOf(await log.replay(scope, theirs[index]?.[0] ?? ''))).toEqual(['d'])
      }
    }))
}

/**
 * The contract of `EventLog`, as tests of your own run.
 *
 * How much a log keeps and for how long is its own affair, and no part of the contract.
 * @example
 * describeEventLog('the log of one process', () => ({ log: memoryEventLog() }))
 */
export const describeEventLog = (name: string, make: MakeEventLog): void => {
  describe(`${name} is an event log`, () => {
    ids(make)
    replays(make)
    fidelity(make)
    ends(make)

    it('G13: keeps each session of each principal to itself', () =>
      withLog(make, async (log) => {
        const [mine = ''] = await filled(log, anna, 'p1', ['a', 'b'])
        for (const scope of others) expect(await log.replay(scope, mine)).toBeUndefined()
        for (const scope of others) await filled(log, scope, 'p1', ['x', 'y', 'z'])
        expect(textsOf(await log.replay(anna, mine))).toEqual(['b'])
      }))
  })
}
