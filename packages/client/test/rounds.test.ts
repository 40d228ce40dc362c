import { ConnectionClosed, InvalidResult, RpcError, TooManyRounds, userRefused } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { failureOf, meet, modern } from './script.ts'

const form = (message: string, properties: JsonObject = {}): JsonObject => ({
  method: 'elicitation/create',
  params: { message, requestedSchema: { type: 'object', properties } },
})
const visit = (url = 'https://example.com/pay'): JsonObject => ({
  method: 'elicitation/create',
  params: { mode: 'url', message: 'Pay', url },
})
const sample = (rest: JsonObject = {}): JsonObject => ({
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }], maxTokens: 5, ...rest },
})
const required = (inputRequests?: JsonObject, requestState?: string): JsonObject => ({
  resultType: 'input_required',
  ...(inputRequests === undefined ? {} : { inputRequests }),
  ...(requestState === undefined ? {} : { requestState }),
})
const done = (text = 'done'): JsonObject => ({ resultType: 'complete', content: [{ type: 'text', text }] })
const paramsOf = (message: JsonObject | undefined): JsonObject => (message?.['params'] ?? {}) as JsonObject
const accept = { action: 'accept', content: {} } as const

describe('input that a call needs', () => {
  it('M6: is gathered at once, and sent with the original params, the same keys, the state verbatim and a new id', async () => {
    const state = ' {"not":"looked at"} ü '
    const script = modern({
      'tools/call': (params) =>
        params['inputResponses'] === undefined ? required({ b: form('B'), a: form('A'), r: { method: 'roots/list' } }, state) : done(),
    })
    let open = 0
    let most = 0
    await using client = await meet(script, {
      roots: [{ uri: 'file:///home' }],
      onElicit: async ({ message }) => {
        most = Math.max(most, (open += 1))
        await Promise.resolve()
        open -= 1
        return { action: 'accept', content: { said: message } }
      },
    })
    const outcome = await client.callTool('pay', { amount: 5 }, { meta: { traceparent: 'x' } })
    expect(outcome.content).toEqual([{ type: 'text', text: 'done' }])
    expect(most).toBe(2)
    const [first, retry] = script.sent('tools/call')
    expect(retry?.['id']).not.toBe(first?.['id'])
    expect(paramsOf(retry)).toEqual({
      ...paramsOf(first),
      inputResponses: {
        a: { action: 'accept', content: { said: 'A' } },
        b: { action: 'accept', content: { said: 'B' } },
        r: { roots: [{ uri: 'file:///home' }] },
      },
      requestState: state,
    })
  })

  it('M6: answers and state are for one retry only', async () => {
    let round = 0
    const script = modern({
      'tools/call': () => {
        round += 1
        if (round === 1) return required({ a: form('A') }, 'one')
        return round === 2 ? required({ b: form('B') }) : done()
      },
    })
    await using client = await meet(script, { onElicit: () => accept })
    await client.callTool('pay')
    const last = paramsOf(script.sent('tools/call')[2])
    expect(last['inputResponses']).toEqual({ b: accept })
    expect(last).not.toHaveProperty('requestState')
  })

  it('M1: is asked for by prompts and resources too, and by nothing else', async () => {
    const ask = (params: JsonObject): JsonObject => (params['inputResponses'] ? { messages: [], contents: [] } : required({ a: form('A') }))
    const script = modern({ 'prompts/get': ask, 'resources/read': ask, 'tools/list': ask })
    await using client = await meet(script, { onElicit: () => accept })
    expect(await client.getPrompt('p')).toMatchObject({ messages: [] })
    expect(await client.readResource('x:y')).toMatchObject({ contents: [] })
    expect(await failureOf(client.listTools())).toBeInstanceOf(InvalidResult)
  })

  it.each([
    ['of a capability that was not declared', sample()],
    ['of a mode that was not declared', visit()],
    ['by a method that nobody knows', { method: 'other/ask', params: {} }],
    ['with params of another shape', { method: 'elicitation/create', params: { message: 5 } }],
  ])('M3: a question %s makes the result invalid', async (_, question) => {
    const script = modern({ 'tools/call': () => required({ a: question }) })
    await using client = await meet(script, { onElicit: () => accept })
    expect(await failureOf(client.callTool('pay'))).toBeInstanceOf(InvalidResult)
    expect(script.sent('tools/call')).toHaveLength(1)
  })

  it('Q1, Q2: so does sampling with tools that were not declared, or with messages out of order', async () => {
    const stray = [{ role: 'user', content: [{ type: 'tool_result', toolUseId: 'x', content: [] }] }]
    const questions = [sample({ tools: [] }), sample({ messages: stray })]
    const script = modern({ 'tools/call': () => required({ a: questions.shift() }) })
    const onSample = vi.fn()
    await using client = await meet(script, { onSample })
    expect(await failureOf(client.callTool('pay'))).toBeInstanceOf(InvalidResult)
    expect(await failureOf(client.callTool('pay'))).toBeInstanceOf(InvalidResult)
    expect(onSample).not.toHaveBeenCalled()
  })

  it('M2: an answer that asks for nothing is invalid', async () => {
    await using client = await meet(modern({ 'tools/call': () => required() }))
    expect(await failureOf(client.callTool('pay'))).toBeInstanceOf(InvalidResult)
  })

  it('Q5: a refused sampling fails the call on this side, with no retry', async () => {
    const script = modern({ 'tools/call': () => required({ a: sample() }) })
    await using client = await meet(script, { onSample: () => Promise.reject(userRefused()) })
    expect(await failureOf(client.callTool('pay'))).toMatchObject({ kind: 'userRefused' })
    expect(script.sent('tools/call')).toHaveLength(1)
  })

  it('one failing callback stops the others, and the call fails with its error', async () => {
    const broken = new Error('broken')
    const script = modern({ 'tools/call': () => required({ a: form('A'), b: form('B') }) })
    const reasons: unknown[] = []
    await using client = await meet(script, {
      onElicit: ({ message }, { signal }) =>
        message === 'B'
          ? Promise.reject(broken)
          : new Promise(() => signal.addEventListener('abort', () => reasons.push(signal.reason))),
    })
    expect(await failureOf(client.callTool('pay'))).toBe(broken)
    expect(reasons).toEqual([broken])
  })

  it('cancelling the call ends its questions, even of callbacks that do not listen', async () => {
    const script = modern({ 'tools/call': () => required({ a: form('A') }) })
    const stop = new AbortController()
    await using client = await meet(script, {
      onElicit: () => {
        stop.abort(new Error('enough'))
        return new Promise(() => undefined)
      },
    })
    expect(await failureOf(client.callTool('pay', {}, { signal: stop.signal }))).toMatchObject({ message: 'enough' })
    expect(script.sent('tools/call')).toHaveLength(1)
  })
})

describe('the limits of a conversation', () => {
  beforeEach(() => vi.useFakeTimers({ now: 0 }))
  afterEach(() => vi.useRealTimers())

  it('M10: rounds are capped', async () => {
    const script = modern({ 'tools/call': () => required({ a: form('A') }) })
    const client = await meet(script, { onElicit: () => accept })
    expect(await failureOf(client.callTool('pay'))).toBeInstanceOf(TooManyRounds)
    expect(script.sent('tools/call')).toHaveLength(11)
    await client.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('M10: at the number that the options give', async () => {
    const script = modern({ 'tools/call': () => required({ a: form('A') }) })
    await using client = await meet(script, { onElicit: () => accept, maxRounds: 2 })
    expect(await failureOf(client.callTool('pay'))).toBeInstanceOf(TooManyRounds)
    expect(script.sent('tools/call')).toHaveLength(3)
  })

  it('M7, M10: a round with nothing but a state is followed by a growing pause', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    let round = 0
    const script = modern({ 'tools/call': () => ((round += 1) < 4 ? required(undefined, `s${round}`) : done()) })
    const client = await meet(script)
    const calling = client.callTool('pay')
    const counts: number[] = []
    for (const time of [499, 1, 999, 1, 1999, 1]) {
      await vi.advanceTimersByTimeAsync(time)
      counts.push(script.sent('tools/call').length)
    }
    expect(counts).toEqual([1, 2, 2, 3, 3, 4])
    expect((await calling).isError).toBe(false)
    expect(script.sent('tools/call').map((message) => paramsOf(message)['requestState'])).toEqual([undefined, 's1', 's2', 's3'])
    expect(paramsOf(script.sent('tools/call')[1])).not.toHaveProperty('inputResponses')
    await client.close()
  })

  it('M10: the pauses are spread out', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    let round = 0
    const script = modern({ 'tools/call': () => ((round += 1) < 2 ? required(undefined, 's') : done()) })
    const client = await meet(script)
    const calling = client.callTool('pay')
    await vi.advanceTimersByTimeAsync(250)
    expect((await calling).isError).toBe(false)
    await client.close()
  })

  it('M10: a URL that is asked for again is waited for', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    let round = 0
    const script = modern({ 'tools/call': () => ((round += 1) < 3 ? required({ a: visit() }) : done()) })
    const onElicitUrl = vi.fn(() => ({ action: 'accept' as const }))
    const client = await meet(script, { onElicitUrl })
    const calling = client.callTool('pay')
    await vi.advanceTimersByTimeAsync(499)
    expect(onElicitUrl).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect((await calling).isError).toBe(false)
    expect(onElicitUrl).toHaveBeenCalledTimes(2)
    await client.close()
  })

  it('M10: a pause ends when the call is cancelled', async () => {
    const script = modern({ 'tools/call': () => required(undefined, 's') })
    const client = await meet(script)
    const stop = new AbortController()
    const failing = failureOf(client.callTool('pay', {}, { signal: stop.signal }))
    await vi.advanceTimersByTimeAsync(1)
    stop.abort()
    expect(await failing).toMatchObject({ name: 'AbortError' })
    await client.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('M10: the time for all rounds is capped, people included', async () => {
    const script = modern({ 'tools/call': () => required({ a: form('A') }) })
    const signals: AbortSignal[] = []
    const client = await meet(script, {
      onElicit: (_, { signal }) => {
        signals.push(signal)
        return new Promise(() => undefined)
      },
    })
    const failing = failureOf(client.callTool('pay', {}, { maxTimeout: 1000 }))
    await vi.advanceTimersByTimeAsync(1001)
    expect(await failing).toMatchObject({ name: 'TimeoutError' })
    expect(signals[0]?.aborted).toBe(true)
    await client.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a refused state', () => {
  const refusal = (): never => {
    throw new RpcError(-32602, 'requestState has expired')
  }

  it('starts the call afresh, once', async () => {
    const replies = [() => required({ a: form('A') }, 'old'), refusal, () => required({ a: form('A') }, 'new'), () => done()]
    const script = modern({ 'tools/call': () => replies.shift()?.() })
    await using client = await meet(script, { onElicit: () => accept })
    expect((await client.callTool('pay', { x: 1 })).isError).toBe(false)
    const sent = script.sent('tools/call').map(paramsOf)
    expect(sent.map((params) => params['requestState'])).toEqual([undefined, 'old', undefined, 'new'])
    expect(sent[2]).toEqual(sent[0])
  })

  it('is surfaced the second time', async () => {
    const script = modern({ 'tools/call': (params) => ('requestState' in params ? refusal() : required(undefined, 's')) })
    vi.useFakeTimers()
    const client = await meet(script)
    const failing = failureOf(client.callTool('pay'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await failing).toMatchObject({ code: -32602, message: 'requestState has expired' })
    expect(script.sent('tools/call')).toHaveLength(4)
    await client.close()
    vi.useRealTimers()
  })

  it('is told from an error that no state was in', async () => {
    const script = modern({ 'tools/call': (params) => ('inputResponses' in params ? refusal() : required({ a: form('A') })) })
    await using client = await meet(script, { onElicit: () => accept })
    expect(await failureOf(client.callTool('pay'))).toMatchObject({ code: -32602 })
    expect(script.sent('tools/call')).toHaveLength(2)
  })

  it('and any other error is surfaced at once', async () => {
    const script = modern({
      'tools/call': (params) => {
        if ('requestState' in params) throw new RpcError(-32603, 'broken')
        return required({ a: form('A') }, 's')
      },
    })
    await using client = await meet(script, { onElicit: () => accept })
    expect(await failureOf(client.callTool('pay'))).toMatchObject({ code: -32603 })
  })

  it('does not hide that the connection closed', async () => {
    const script = modern({ 'tools/call': (params) => ('inputResponses' in params ? (script.exit(), undefined) : required({ a: form('A') }, 's')) })
    await using client = await meet(script, { onElicit: () => accept })
    expect(await failureOf(client.callTool('pay'))).toBeInstanceOf(ConnectionClosed)
  })
})
