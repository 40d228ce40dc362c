import { InvalidResult, missingCapability } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { InputRequired, Ledger, Unanswered } from '../src/index.ts'
import type { LedgerOptions, Memory, Question } from '../src/index.ts'
import { readMemory } from '../src/ledger.ts'
import { deferred } from './pair.ts'

const form = (message: string, properties: JsonObject = { ok: { type: 'boolean' } }): Question => ({
  method: 'elicitation/create',
  params: { mode: 'form', message, requestedSchema: { type: 'object', properties, required: Object.keys(properties) } },
})
const accept = (content: JsonObject = { ok: true }): JsonObject => ({ action: 'accept', content })
const ledger = (options: Partial<LedgerOptions> = {}): Ledger => new Ledger({ refusal: () => undefined, ...options })
const given = (answers: Record<string, JsonObject>): { given: ReadonlyMap<string, JsonObject> } => ({
  given: new Map(Object.entries(answers)),
})
const outcome = async (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)
const requestsOf = async (input: Ledger): Promise<Record<string, Question>> => {
  const required = await input.close()
  if (!(required instanceof InputRequired)) throw new Error('Nothing is open')
  return required.requests as Record<string, Question>
}
const keysOf = async (input: Ledger): Promise<string[]> => Object.keys(await requestsOf(input))

describe('a question that was not answered', () => {
  it('rejects with Unanswered, and stands open with the question as it was put', async () => {
    const input = ledger()
    const asked = input.ask(form('Sure?'))
    expect(await outcome(asked)).toBeInstanceOf(Unanswered)
    expect(Object.values(await requestsOf(input))).toEqual([form('Sure?')])
  })

  it('raises no unhandled rejection while it is not awaited', async () => {
    const input = ledger()
    const asked = input.ask(form('Sure?'))
    const done = input.once('bad', () => Promise.reject(new Error('no')))
    const slow = deferred()
    setImmediate(() => slow.resolve())
    await slow.promise
    expect(await outcome(asked)).toBeInstanceOf(Unanswered)
    expect(await outcome(done)).toMatchObject({ message: 'no' })
  })

  it('several put together are open together', async () => {
    const input = ledger()
    await outcome(
      Promise.all([input.ask(form('Who?')), input.ask(form('Why?')), input.ask({ method: 'roots/list', params: {} })]),
    )
    expect(Object.values(await requestsOf(input)).map(({ params }) => params?.['message'])).toEqual([
      'Who?',
      'Why?',
      undefined,
    ])
  })

  it('is open even where the handler swallows the error or never waits', async () => {
    const input = ledger()
    input.ask(form('Swallowed?')).catch(() => undefined)
    void input.ask(form('Never awaited?'))
    expect(await keysOf(input)).toHaveLength(2)
  })
})

describe('the key of a question', () => {
  it('is the same in every process and run', async () => {
    const keys = await Promise.all(
      [1, 2].map(async () => {
        const input = ledger()
        void input.ask(form('Sure?'))
        return keysOf(input)
      }),
    )
    expect(keys[0]).toEqual(keys[1])
    expect(keys[0]?.[0]).toMatch(/^elicit-[0-9a-f]{16}$/)
  })

  it('does not depend on the order of members', async () => {
    const [one, two] = [ledger(), ledger()]
    void one.ask({ method: 'elicitation/create', params: { a: 1, b: { c: 2, d: 3 } } })
    void two.ask({ method: 'elicitation/create', params: { b: { d: 3, c: 2 }, a: 1 } })
    expect(await keysOf(one)).toEqual(await keysOf(two))
  })

  it('M2: keys are unique: the same question put again is another', async () => {
    const input = ledger()
    for (let time = 0; time < 3; time += 1) void input.ask(form('Again?'))
    const keys = await keysOf(input)
    expect(new Set(keys).size).toBe(3)
    expect(keys.slice(1)).toEqual([`${keys[0]}-2`, `${keys[0]}-3`])
  })

  it('may be named, and a name is one question', async () => {
    const input = ledger(given({ who: accept() }))
    expect(await input.ask(form('Who?'), { key: 'who' })).toEqual(accept())
    expect(await input.ask(form('Who?'), { key: 'who' })).toEqual(accept())
    expect(await outcome(input.ask(form('Why?'), { key: 'who' }))).toBeInstanceOf(TypeError)
    expect(await input.close()).toBeUndefined()
  })

  it.each(['__proto__', 'constructor', 'toString'])('may be %s', async (key) => {
    const first = ledger()
    await outcome(first.ask(form('Who?'), { key }))
    const requests = await requestsOf(first)
    expect(Object.keys(requests)).toEqual([key])
    const second = ledger(given(JSON.parse(`{"${key}":{"action":"decline"}}`)))
    expect(await second.ask(form('Who?'), { key })).toEqual({ action: 'decline' })
  })
})

describe('an answer', () => {
  const keyOf = async (question: Question): Promise<string> => {
    const input = ledger()
    void input.ask(question)
    return (await keysOf(input))[0] as string
  }

  it('is found on the retry, and nothing is open then', async () => {
    const question = form('Sure?')
    const input = ledger(given({ [await keyOf(question)]: accept() }))
    expect(await input.ask(question)).toEqual(accept())
    expect(await input.close()).toBeUndefined()
  })

  it.each(['decline', 'cancel'])('may be to %s', async (action) => {
    const question = form('Sure?')
    const input = ledger(given({ [await keyOf(question)]: { action } }))
    expect(await input.ask(question)).toEqual({ action })
  })

  it('to a question in other words is not found, and the new words are asked', async () => {
    const input = ledger(given({ [await keyOf(form('Send 5?'))]: accept() }))
    expect(await outcome(input.ask(form('Send 6?')))).toBeInstanceOf(Unanswered)
    expect(Object.values(await requestsOf(input))).toEqual([form('Send 6?')])
  })

  it.each<[string, JsonObject]>([
    ['has no action', {}],
    ['has an unknown action', { action: 'maybe' }],
    ['accepts without content', { action: 'accept' }],
    ['lacks a field', accept({})],
    ['has a field of another type', accept({ ok: 'yes' })],
  ])('M8, I10: one that %s counts as missing and is asked for again', async (_, answer) => {
    const question = form('Sure?')
    const key = await keyOf(question)
    const input = ledger(given({ [key]: answer }))
    expect(await outcome(input.ask(question))).toBeInstanceOf(Unanswered)
    expect(await keysOf(input)).toEqual([key])
    expect(input.memory(undefined)).toMatchObject({ answers: {}, asked: [key] })
  })

  it('one that the question itself does not accept is asked for again', async () => {
    const question = form('Sure?')
    const key = await keyOf(question)
    for (const accepts of [(): boolean => false, async (): Promise<boolean> => false]) {
      const input = ledger(given({ [key]: accept() }))
      expect(await outcome(input.ask(question, { accepts }))).toBeInstanceOf(Unanswered)
      expect(await keysOf(input)).toEqual([key])
    }
    const input = ledger(given({ [key]: accept() }))
    expect(await input.ask(question, { accepts: async () => true })).toEqual(accept())
    expect(await input.close()).toBeUndefined()
  })

  it('one that is still being looked at keeps the call from settling without it', async () => {
    const question = form('Sure?')
    const gate = deferred<boolean>()
    const input = ledger(given({ [await keyOf(question)]: accept() }))
    void input.ask(question, { accepts: () => gate.promise })
    const closing = input.close()
    gate.resolve(false)
    expect(await closing).toBeInstanceOf(InputRequired)
  })

  it.each<[string, Question, JsonObject, boolean]>([
    [
      'a URL visited',
      { method: 'elicitation/create', params: { mode: 'url', url: 'https://a.example', message: '' } },
      { action: 'accept' },
      true,
    ],
    [
      'a sample',
      { method: 'sampling/createMessage' },
      { role: 'assistant', model: 'm', content: { type: 'text', text: '' } },
      true,
    ],
    [
      'a sample of several blocks',
      { method: 'sampling/createMessage' },
      { role: 'assistant', model: 'm', content: [{ type: 'text' }] },
      true,
    ],
    [
      'a sample without a model',
      { method: 'sampling/createMessage' },
      { role: 'assistant', content: { type: 'text', text: '' } },
      false,
    ],
    ['a sample without content', { method: 'sampling/createMessage' }, { role: 'assistant', model: 'm' }, false],
    ['roots', { method: 'roots/list' }, { roots: [{ uri: 'file:///a' }] }, true],
    ['roots without a URI', { method: 'roots/list' }, { roots: [{}] }, false],
    ['no roots at all', { method: 'roots/list' }, {}, false],
  ])('M8: %s: %j answered with %j', async (_, question, answer, fits) => {
    const input = ledger(given({ q: answer }))
    const settled = await outcome(input.ask(question, { key: 'q' }))
    expect(settled instanceof Unanswered).toBe(!fits)
  })

  it('M8: that nobody asked for is ignored', async () => {
    const input = ledger(given({ stray: accept() }))
    expect(input.close()).toBeUndefined()
  })

  it('may come before anything was asked, without any state', async () => {
    const input = ledger(given({ who: accept({ ok: false }) }))
    expect(await input.ask(form('Who?'), { key: 'who' })).toEqual(accept({ ok: false }))
    expect(await input.close()).toBeUndefined()
  })
})

describe('a caller that cannot be asked', () => {
  const refusal = ({ params }: Question): ReturnType<typeof missingCapability> | undefined =>
    params?.['mode'] === 'url' ? missingCapability({ elicitation: { url: {} } }) : undefined
  const url: Question = { method: 'elicitation/create', params: { mode: 'url', url: 'https://a.example' } }

  it('B13, M3: throws at once and is never opened', async () => {
    const input = ledger({ refusal })
    expect(await outcome(input.ask(url))).toMatchObject({ code: -32021 })
    expect(input.close()).toBeUndefined()
  })

  it.each([true, false])(
    'B13: wins over an open question that was put together with it (refused first: %s)',
    async (first) => {
      const input = ledger({ refusal })
      const wrapped = async (question: Question): Promise<unknown> => (async () => input.ask(question))()
      const both = first ? [wrapped(url), input.ask(form('A?'))] : [input.ask(form('A?')), wrapped(url)]
      expect(await outcome(Promise.all(both))).toMatchObject({ code: -32021 })
      await input.close()
    },
  )

  it('M3: leaves what else is open to be asked', async () => {
    const input = ledger({ refusal })
    await outcome(input.ask(url))
    await outcome(input.ask(form('Then so?')))
    expect(Object.values(await requestsOf(input))).toEqual([form('Then so?')])
  })
})

describe('memory', () => {
  const memoryAfter = async (
    options: Partial<LedgerOptions>,
    run: (input: Ledger) => Promise<unknown>,
  ): Promise<Memory | undefined> => {
    const input = ledger(options)
    await outcome(run(input))
    await input.close()
    return input.memory(undefined)
  }

  it('is empty in a first round that only asks', async () => {
    expect(await memoryAfter({}, (input) => input.ask(form('Sure?')))).toBeUndefined()
  })

  it('holds earlier answers with the digest of their question', async () => {
    const memory = await memoryAfter(given({ who: accept() }), async (input) => {
      await input.ask(form('Who?'), { key: 'who' })
      await input.ask(form('Why?'), { key: 'why' })
    })
    expect(memory).toEqual({
      answers: { who: { answer: accept(), digest: expect.stringMatching(/^[0-9a-f]{16}$/) } },
      once: {},
      asked: ['why'],
      round: 1,
      drift: 0,
    })
    const next = ledger({ memory, ...given({ why: accept() }) })
    expect(await next.ask(form('Who?'), { key: 'who' })).toEqual(accept())
    expect(await next.ask(form('Why?'), { key: 'why' })).toEqual(accept())
    expect(await next.close()).toBeUndefined()
  })

  it('a remembered answer to other words under the same name is not used', async () => {
    const memory = await memoryAfter(given({ amount: accept() }), (input) =>
      input.ask(form('Send 5?'), { key: 'amount' }),
    )
    const next = ledger({ memory })
    expect(await outcome(next.ask(form('Send 5000?'), { key: 'amount' }))).toBeInstanceOf(Unanswered)
    expect(await keysOf(next)).toEqual(['amount'])
  })

  it('keeps answers over rounds in which they were not asked for', async () => {
    const first = await memoryAfter(given({ a: accept() }), (input) => input.ask(form('A?'), { key: 'a' }))
    const second = await memoryAfter({ memory: first, ...given({ b: accept() }) }, (input) =>
      input.ask(form('B?'), { key: 'b' }),
    )
    expect(Object.keys(second?.answers ?? {})).toEqual(['a', 'b'])
    expect(second?.round).toBe(2)
  })

  it('once: work runs once over all rounds, and its result is remembered, even one that is nothing', async () => {
    let runs = 0
    const work = (): undefined => void (runs += 1)
    const memory = await memoryAfter({}, async (input) => {
      await Promise.all([input.once('charge', work), input.once('charge', work)])
      await input.ask(form('Sure?'))
    })
    expect(memory?.once).toEqual({ charge: null })
    const next = ledger({ memory: JSON.parse(JSON.stringify(memory)) as Memory })
    await next.once('charge', work)
    expect(runs).toBe(1)
  })

  it('once: work that failed is not remembered', async () => {
    const memory = await memoryAfter({}, async (input) => {
      await outcome(input.once('charge', () => Promise.reject(new Error('declined'))))
      await input.ask(form('Sure?'))
    })
    expect(memory).toBeUndefined()
  })

  it('once: a key may be any name', async () => {
    const memory = await memoryAfter({}, (input) => input.once('__proto__', () => 7))
    const next = ledger({ memory: readMemory(JSON.stringify(memory)) })
    expect(await next.once('__proto__', () => 8)).toBe(7)
  })

  it('sealing waits for work that was started and not awaited', async () => {
    const gate = deferred<number>()
    const input = ledger()
    void input.once('charge', () => gate.promise)
    await outcome(input.ask(form('Sure?')))
    const closing = input.close()
    gate.resolve(5)
    await closing
    expect(input.memory(undefined)?.once).toEqual({ charge: 5 })
  })

  it("holds the handler's own state, and gives it back", () => {
    const memory = ledger().memory({ step: 2 })
    expect(memory).toEqual({ answers: {}, once: {}, asked: [], round: 1, drift: 0, state: { step: 2 } })
    expect(ledger({ memory }).state).toEqual({ step: 2 })
    expect(ledger().state).toBeUndefined()
  })

  it('M4: text that was not sealed here is refused', () => {
    expect(() => readMemory('{"answers":[]}')).toThrow(InvalidResult)
    expect(() => readMemory('null')).toThrow(InvalidResult)
  })
})

describe('a call that has settled', () => {
  it('asks nothing, starts nothing', async () => {
    const input = ledger()
    expect(input.close()).toBeUndefined()
    let started = false
    expect(await outcome(input.ask(form('Late?')))).toMatchObject({ message: expect.stringContaining('settled') })
    expect(await outcome(input.once('late', () => (started = true)))).toMatchObject({
      message: expect.stringContaining('settled'),
    })
    expect(started).toBe(false)
    expect(input.close()).toBeUndefined()
    expect(input.memory(undefined)).toBeUndefined()
  })
})

describe('a handler that does not repeat', () => {
  it('is counted where an answered question is gone and a new one there, and is an error after three rounds', async () => {
    let memory: Memory | undefined
    let last: string | undefined
    for (let round = 1; round <= 4; round += 1) {
      const input = ledger({ memory, given: new Map(last === undefined ? [] : [[last, accept()]]) })
      void input.ask(form(`At ${round}?`))
      ;[last] = await keysOf(input)
      memory = input.memory(undefined)
      // Nothing tells a stranger's key from an answer until a round has been remembered.
      expect(memory?.drift ?? 0).toBe(Math.max(0, round - 2))
    }
    const input = ledger({ memory, given: new Map([[last as string, accept()]]) })
    void input.ask(form('At 5?'))
    await expect(input.close()).rejects.toMatchObject({ code: -32603 })
  })

  it('is not one that asks step by step, nor one that leaves a question out', async () => {
    const steps = ledger(given({ a: accept() }))
    await steps.ask(form('A?'), { key: 'a' })
    void steps.ask(form('B?'), { key: 'b' })
    await steps.close()
    expect(steps.memory(undefined)?.drift).toBe(0)
    const fewer = ledger(given({ a: accept(), b: accept() }))
    await fewer.ask(form('A?'), { key: 'a' })
    await fewer.close()
    expect(fewer.memory(undefined)?.drift).toBe(0)
  })
})
