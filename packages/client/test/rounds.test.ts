import { InvalidResult, userRefused } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { describe, expect, it, vi } from 'vitest'
import { accept, done, form, paramsOf, required, sample, visit } from './questions.ts'
import { failureOf, meet, modern } from './script.ts'

describe('input that a call needs', () => {
  it('M6: is gathered at once, and sent with the original params, the same keys, the state verbatim and a new id', async () => {
    const state = ' {"not":"looked at"} ü '
    const script = modern({
      'tools/call': (params) =>
        params['inputResponses'] === undefined
          ? required({ b: form('B'), a: form('A'), r: { method: 'roots/list' } }, state)
          : done(),
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
    const ask = (params: JsonObject): JsonObject =>
      params['inputResponses'] ? { messages: [], contents: [] } : required({ a: form('A') })
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

  it('so does closing the client, and the callback is told that nobody waits', async () => {
    const script = modern({ 'tools/call': () => required({ a: form('A') }) })
    let told: AbortSignal | undefined
    let asked: () => void = () => undefined
    const asking = new Promise<void>((resolve) => {
      asked = resolve
    })
    const client = await meet(script, {
      onElicit: (_, { signal }) => {
        told = signal
        asked()
        return new Promise(() => undefined)
      },
    })
    const call = failureOf(client.callTool('pay'))
    await asking
    await client.close()
    expect(await call).toMatchObject({ name: 'ConnectionClosed' })
    expect(told?.aborted).toBe(true)
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
