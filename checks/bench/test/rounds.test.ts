import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Settings, Subject } from '../src/measure.ts'
import { cellOf, interleave } from '../src/rounds.ts'
import type { Contender, Outcome, Plan } from '../src/rounds.ts'

/** What a contender is asked for here: a word. */
type Load = string

type Behaviour = {
  open?(): Promise<void>
  /** `nth` counts the samples of this contender, warming up included, from 0. */
  run?(load: Load, nth: number): Promise<Readonly<Record<string, number>>>
}

/** Contenders that write down what happens to them, and what the bench says meanwhile. */
const stage = (quick = false) => {
  const events: string[] = []
  const said: string[] = []
  const settings: Settings = { quick, node: 'node', say: (text) => void said.push(text) }
  const contender = (subject: Subject, { open, run }: Behaviour = {}): Contender<Load> => ({
    subject,
    open: async () => {
      events.push(`open ${subject}`)
      await open?.()
      let taken = 0
      return {
        run: async (load) => {
          events.push(`${load} ${subject}`)
          return (await run?.(load, taken++)) ?? {}
        },
        [Symbol.asyncDispose]: async () => void events.push(`close ${subject}`),
      }
    },
  })
  return { events, said, settings, contender }
}

const plan = (keys: readonly string[], rounds: number, warm: readonly Load[] = []): Plan<Load> => ({
  steps: keys.map((key) => ({ key, load: `${key}!` })),
  rounds,
  warm,
})

/** Steps, subjects and quantities as a plain value. */
const plain = ({ samples }: Outcome) =>
  Object.fromEntries([...samples].map(([key, subjects]) => [key, Object.fromEntries(subjects)]))

const never = (): Promise<never> => new Promise(() => undefined)

describe('rounds', () => {
  it('open and warm up everyone first, and close everyone last', async () => {
    const { events, settings, contender } = stage()
    await interleave([contender('a'), contender('b')], plan(['one'], 1, ['w', 'x']), settings)
    expect(events).toEqual(
      [
        ['open a', 'w a', 'x a'],
        ['open b', 'w b', 'x b'],
        ['one! a', 'one! b'],
        ['close a', 'close b'],
      ].flat(),
    )
  })

  it('go step by step, and each begins with another', async () => {
    const { events, settings, contender } = stage()
    await interleave([contender('a'), contender('b'), contender('c')], plan(['one', 'two'], 4), settings)
    expect(events.slice(3, -3)).toEqual(
      [
        ['one! a', 'one! b', 'one! c', 'two! a', 'two! b', 'two! c'],
        ['one! b', 'one! c', 'one! a', 'two! b', 'two! c', 'two! a'],
        ['one! c', 'one! a', 'one! b', 'two! c', 'two! a', 'two! b'],
        ['one! a', 'one! b', 'one! c', 'two! a', 'two! b', 'two! c'],
      ].flat(),
    )
  })

  it('begin a sample once the last has ended', async () => {
    const { events, settings, contender } = stage()
    const slow: Behaviour = {
      run: async () => {
        await Promise.resolve()
        events.push('ended')
        return {}
      },
    }
    await interleave([contender('a', slow), contender('b', slow)], plan(['one'], 1), settings)
    expect(events.slice(2, -2)).toEqual(['one! a', 'ended', 'one! b', 'ended'])
  })

  it('keep every quantity, sample by sample, of all but the warming up', async () => {
    const { settings, contender } = stage()
    const counting: Behaviour = { run: async (load, nth) => ({ nth, size: load.length }) }
    const outcome = await interleave(
      [contender('a', counting), contender('b', { run: async () => ({ nth: -1 }) })],
      plan(['one', 'three'], 2, ['w']),
      settings,
    )
    expect(plain(outcome)).toEqual({
      one: { a: { nth: [1, 3], size: [4, 4] }, b: { nth: [-1, -1] } },
      three: { a: { nth: [2, 4], size: [6, 6] }, b: { nth: [-1, -1] } },
    })
    expect(outcome.refusals).toEqual(new Map())
  })

  it('leave out whom no target is about when they are quick', async () => {
    const all: Subject[] = ['floor', 'parley', 'official v2', 'official v1', 'tmcp']
    const opened = async (quick: boolean): Promise<string[]> => {
      const { events, settings, contender } = stage(quick)
      await interleave(
        all.map((subject) => contender(subject)),
        plan([], 0),
        settings,
      )
      return events.filter((event) => event.startsWith('open'))
    }
    expect(await opened(true)).toEqual(['open floor', 'open parley', 'open official v2'])
    expect(await opened(false)).toHaveLength(5)
  })
})

describe('who cannot', () => {
  const refuse = async (): Promise<never> => {
    throw new Error('no room')
  }

  it('be opened takes part in nothing, and every step says so', async () => {
    const { events, said, settings, contender } = stage()
    const outcome = await interleave(
      [contender('a', { open: refuse }), contender('b')],
      plan(['one', 'two'], 1, ['w']),
      settings,
    )
    expect(events).toEqual(['open a', 'open b', 'w b', 'one! b', 'two! b', 'close b'])
    expect(outcome.refusals).toEqual(
      new Map([
        ['one', ['a: no room']],
        ['two', ['a: no room']],
      ]),
    )
    expect(said).toEqual(['  one: a: no room', '  two: a: no room'])
  })

  it('be warmed up takes part in nothing, and is closed all the same', async () => {
    const { events, settings, contender } = stage()
    const outcome = await interleave([contender('a', { run: refuse })], plan(['one'], 2, ['w', 'x']), settings)
    expect(events).toEqual(['open a', 'w a', 'close a'])
    expect(outcome.refusals).toEqual(new Map([['one', ['a: no room']]]))
    expect(outcome.samples).toEqual(new Map())
  })

  it('do a step is not asked for it again, keeps what it had, and goes on with the others', async () => {
    const { events, settings, contender } = stage()
    const tiring: Behaviour = {
      run: async (load, nth) => {
        if (load === 'one!' && nth === 2) throw new Error('tired')
        return { nth }
      },
    }
    const outcome = await interleave(
      [contender('a', tiring), contender('b', { run: async (_load, nth) => ({ nth }) })],
      plan(['one', 'two'], 3),
      settings,
    )
    expect(events.filter((event) => event.endsWith('! a'))).toEqual(['one! a', 'two! a', 'one! a', 'two! a', 'two! a'])
    expect(plain(outcome)).toEqual({
      one: { a: { nth: [0] }, b: { nth: [0, 2, 4] } },
      two: { a: { nth: [1, 3, 4] }, b: { nth: [1, 3, 5] } },
    })
    expect(outcome.refusals).toEqual(new Map([['one', ['a: tired']]]))
  })

  it('is named with the others of the step, and says why in a few words', async () => {
    const { settings, contender } = stage()
    const outcome = await interleave(
      [
        contender('a', { run: () => Promise.reject(new Error('x'.repeat(500))) }),
        // Peers may throw whatever they like.
        contender('b', { run: () => Promise.reject('a word') }),
      ],
      plan(['one'], 1),
      settings,
    )
    expect(outcome.refusals.get('one')).toEqual([`a: ${'x'.repeat(120)}`, 'b: a word'])
  })
})

describe('who hangs', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('in a sample is given up after three minutes, and holds up nobody', async () => {
    const { events, settings, contender } = stage()
    const stuck: Behaviour = { run: (load) => (load === 'one!' ? never() : Promise.resolve({ n: 1 })) }
    const over = interleave(
      [contender('a', stuck), contender('b', { run: async () => ({ n: 2 }) })],
      plan(['one', 'two'], 2),
      settings,
    )
    await vi.advanceTimersByTimeAsync(179_999)
    expect(events).toEqual(['open a', 'open b', 'one! a'])
    await vi.advanceTimersByTimeAsync(1)
    const outcome = await over
    expect(plain(outcome)).toEqual({
      one: { b: { n: [2, 2] } },
      two: { a: { n: [1, 1] }, b: { n: [2, 2] } },
    })
    expect(outcome.refusals).toEqual(new Map([['one', ['a: no end within 180 s']]]))
    expect(events.slice(-2)).toEqual(['close a', 'close b'])
  })

  it('while it is opened or warmed up is given up, too', async () => {
    const { events, settings, contender } = stage()
    const over = interleave(
      [contender('a', { open: never }), contender('b', { run: never }), contender('c')],
      plan(['one'], 1, ['w']),
      settings,
    )
    await vi.advanceTimersByTimeAsync(360_000)
    const { refusals } = await over
    expect(refusals).toEqual(new Map([['one', ['a: no end within 180 s', 'b: no end within 180 s']]]))
    expect(events).toEqual(['open a', 'open b', 'w b', 'open c', 'w c', 'one! c', 'close b', 'close c'])
  })

  it('until after that and is open then is closed', async () => {
    const { events, settings, contender } = stage()
    let unlock = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      unlock = resolve
    })
    const over = interleave([contender('a', { open: () => gate })], plan(['one'], 1), settings)
    await vi.advanceTimersByTimeAsync(180_000)
    await over
    unlock()
    await vi.advanceTimersByTimeAsync(0)
    expect(events).toEqual(['open a', 'close a'])
  })

  it('not leaves no timer behind', async () => {
    const { settings, contender } = stage()
    await interleave([contender('a'), contender('b')], plan(['one'], 2, ['w']), settings)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a row', () => {
  const row = { id: 'id/cpu', title: 'CPU', unit: 'us' } as const
  const outcome: Outcome = {
    samples: new Map([
      [
        'one',
        new Map<Subject, Record<string, number[]>>([
          ['floor', { cpu: [1, 2], p50: [9, 9] }],
          ['parley', { cpu: [3, 4] }],
        ]),
      ],
    ]),
    refusals: new Map([['two', ['tmcp: no', 'floor: neither']]]),
  }

  it('has one quantity of a step, for every subject that did it', () => {
    expect(cellOf(outcome, 'one', 'cpu', row)).toEqual({
      ...row,
      series: [
        { subject: 'floor', samples: [1, 2] },
        { subject: 'parley', samples: [3, 4] },
      ],
    })
  })

  it('has no samples of a subject that does not tell the quantity', () => {
    expect(cellOf(outcome, 'one', 'p50', row).series).toEqual([
      { subject: 'floor', samples: [9, 9] },
      { subject: 'parley', samples: [] },
    ])
  })

  it('is empty where nobody could do it, and says why after its own note', () => {
    expect(cellOf(outcome, 'two', 'cpu', row)).toEqual({ ...row, series: [], note: 'tmcp: no; floor: neither' })
    expect(cellOf(outcome, 'two', 'cpu', { ...row, note: 'streams' }).note).toBe('streams; tmcp: no; floor: neither')
    expect(cellOf(outcome, 'one', 'cpu', { ...row, note: 'streams' }).note).toBe('streams')
  })
})
