import { ConnectionClosed, RpcError, TooManyRounds } from '@parley/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { accept, done, form, paramsOf, required, visit } from './questions.ts'
import { failureOf, meet, modern } from './script.ts'

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
    expect(script.sent('tools/call').map((message) => paramsOf(message)['requestState'])).toEqual([
      undefined,
      's1',
      's2',
      's3',
    ])
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
    const replies = [
      () => required({ a: form('A') }, 'old'),
      refusal,
      () => required({ a: form('A') }, 'new'),
      () => done(),
    ]
    const script = modern({ 'tools/call': () => replies.shift()?.() })
    await using client = await meet(script, { onElicit: () => accept })
    expect((await client.callTool('pay', { x: 1 })).isError).toBe(false)
    const sent = script.sent('tools/call').map(paramsOf)
    expect(sent.map((params) => params['requestState'])).toEqual([undefined, 'old', undefined, 'new'])
    expect(sent[2]).toEqual(sent[0])
  })

  it('is surfaced the second time', async () => {
    const script = modern({
      'tools/call': (params) => ('requestState' in params ? refusal() : required(undefined, 's')),
    })
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
    const script = modern({
      'tools/call': (params) => ('inputResponses' in params ? refusal() : required({ a: form('A') })),
    })
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
    const script = modern({
      'tools/call': (params) =>
        'inputResponses' in params ? (script.exit(), undefined) : required({ a: form('A') }, 's'),
    })
    await using client = await meet(script, { onElicit: () => accept })
    expect(await failureOf(client.callTool('pay'))).toBeInstanceOf(ConnectionClosed)
  })
})
