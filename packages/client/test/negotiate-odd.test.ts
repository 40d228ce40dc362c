import { ConnectionClosed, NegotiationFailed, RpcError } from '@parley/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../src/index.ts'
import { discovery, failureOf, handshake, legacy, meet, modern, MODERN, Script, settled } from './script.ts'

afterEach(() => vi.useRealTimers())

describe('a silent server', () => {
  it('V8: is taken for legacy after a generous time, on the same process', async () => {
    vi.useFakeTimers()
    const script = legacy({ 'server/discover': () => undefined })
    const connecting = meet(script)
    await vi.advanceTimersByTimeAsync(9_999)
    expect(script.methods).toEqual(['server/discover'])
    await vi.advanceTimersByTimeAsync(1)
    const client = await connecting
    expect(client.era).toBe('legacy')
    expect(script.ends).toHaveLength(1)
    await client.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('V8: that answers late is modern if initialize is unanswered', async () => {
    vi.useFakeTimers()
    const script = legacy({ 'server/discover': () => undefined, initialize: () => undefined })
    const connecting = meet(script, { probeTimeout: 5 })
    await vi.advanceTimersByTimeAsync(5)
    expect(script.methods).toEqual(['server/discover', 'initialize'])
    script.send({ id: 1, result: discovery() })
    const client = await connecting
    expect(client.era).toBe('modern')
    expect(script.methods).not.toContain('notifications/initialized')
    await client.close()
  })

  it('V8: that answers late is modern if initialize failed', async () => {
    vi.useFakeTimers()
    const script = new Script({ 'server/discover': () => undefined })
    const connecting = meet(script, { probeTimeout: 5 })
    await vi.advanceTimersByTimeAsync(6)
    script.send({ id: 1, result: discovery() })
    const client = await connecting
    expect(client.era).toBe('modern')
    await client.close()
  })

  it('V8: that answers late stays legacy if initialize succeeded', async () => {
    vi.useFakeTimers()
    const script = legacy({ 'server/discover': () => undefined })
    const connecting = meet(script, { probeTimeout: 5 })
    await vi.advanceTimersByTimeAsync(5)
    script.send({ id: 1, result: discovery() })
    const client = await connecting
    expect(client.era).toBe('legacy')
    await client.close()
  })

  it('fails with the error of initialize when it has nothing else to say', async () => {
    vi.useFakeTimers()
    const script = new Script({ 'server/discover': () => undefined })
    const failing = failureOf(meet(script, { probeTimeout: 5 }))
    await vi.advanceTimersByTimeAsync(10)
    expect(await failing).toMatchObject({ name: 'NegotiationFailed', cause: { code: -32601 } })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('C1: never hears initialize cancelled; running out of time closes the link', async () => {
    vi.useFakeTimers()
    const script = legacy({ initialize: () => undefined })
    const failing = failureOf(meet(script, { timeout: 100 }))
    await vi.advanceTimersByTimeAsync(100)
    expect(await failing).toMatchObject({ name: 'TimeoutError' })
    expect(script.methods).toEqual(['server/discover', 'initialize'])
    expect(script.ends[0]?.closed).toBe(true)
  })
})

describe('an error to initialize', () => {
  it('V7: that names a modern version reverses the verdict', async () => {
    let probes = 0
    const script = new Script({
      'server/discover': () => {
        probes += 1
        if (probes === 1) throw new RpcError(-32603, 'still starting')
        return discovery()
      },
      initialize: () => {
        throw new RpcError(-32601, 'Modern only', { supported: [MODERN] })
      },
    })
    await using client = await meet(script)
    expect(client.era).toBe('modern')
    expect(script.methods).toEqual(['server/discover', 'initialize', 'server/discover'])
  })
})

describe('a process that exits', () => {
  it('instead of answering the probe is started once more, and greeted at once', async () => {
    const script: Script = legacy({
      'server/discover': () => {
        script.exit()
        return undefined
      },
    })
    await using client = await meet(script)
    expect(client.era).toBe('legacy')
    expect(script.ends).toHaveLength(2)
    expect(script.methods).toEqual(['server/discover', 'initialize', 'notifications/initialized'])
    expect(script.ends[0]?.closed).toBe(true)
  })

  it('after silence is started once more too', async () => {
    vi.useFakeTimers()
    const script: Script = legacy({
      'server/discover': () => undefined,
      initialize: () => {
        if (script.ends.length > 1) return handshake()
        script.exit()
        return undefined
      },
    })
    const connecting = meet(script, { probeTimeout: 5 })
    await vi.advanceTimersByTimeAsync(5)
    await (await connecting).close()
    expect(script.ends).toHaveLength(2)
  })

  it('is started once alone where no legacy revision may be spoken', async () => {
    const script: Script = new Script({ 'server/discover': () => (script.exit(), undefined) })
    expect(await failureOf(meet(script, { versions: ['2026-07-28'] }))).toBeInstanceOf(ConnectionClosed)
    expect(script.ends).toHaveLength(1)
  })

  it('twice is given up', async () => {
    const script: Script = new Script({
      'server/discover': () => (script.exit(), undefined),
      initialize: () => (script.exit(), undefined),
    })
    expect(await failureOf(meet(script))).toBeInstanceOf(ConnectionClosed)
    expect(script.ends).toHaveLength(2)
  })

  it('after it answered the probe is not started again', async () => {
    const script: Script = legacy({ initialize: () => (script.exit(), undefined) })
    expect(await failureOf(meet(script))).toBeInstanceOf(ConnectionClosed)
    expect(script.ends).toHaveLength(1)
  })
})

describe('the options', () => {
  it('pin the revisions: legacy alone is greeted without a probe', async () => {
    const script = modern({ initialize: () => handshake({ protocolVersion: '2025-06-18' }) })
    await using client = await meet(script, { versions: ['2025-06-18'] })
    expect(client.version).toBe('2025-06-18')
    expect(script.methods).toEqual(['initialize', 'notifications/initialized'])
  })

  it('pin the revisions: modern alone never falls back', async () => {
    const script = legacy()
    expect(await failureOf(meet(script, { versions: [MODERN] }))).toBeInstanceOf(NegotiationFailed)
    expect(script.methods).toEqual(['server/discover'])
  })

  it('refuse revisions that nobody knows', async () => {
    expect(await failureOf(meet(modern(), { versions: ['1999-01-01'] }))).toBeInstanceOf(TypeError)
  })

  it('give up connecting by a signal', async () => {
    const script = modern({ 'server/discover': () => undefined })
    const stop = new AbortController()
    const failing = failureOf(meet(script, { signal: stop.signal }))
    await settled()
    stop.abort(new Error('enough'))
    expect(await failing).toMatchObject({ message: 'enough' })
    expect(script.ends[0]?.closed).toBe(true)
  })

  it('Q7: refuse roots that are no files before anything is dialled', async () => {
    const script = modern()
    expect(await failureOf(meet(script, { roots: [{ uri: 'https://example.com' }] }))).toBeInstanceOf(TypeError)
    expect(script.ends).toHaveLength(0)
  })

  it('T44: a road may say that an error is no verdict', async () => {
    const script = legacy({
      'server/discover': () => {
        throw new RpcError(-32603, 'unauthorized')
      },
    })
    const target = { dial: script.dial, verdict: () => 'none' as const }
    const error = await failureOf(connect(target, { name: 'tester', version: '1' }))
    expect(error).toMatchObject({ name: 'RpcError', message: 'unauthorized' })
    expect(script.methods).toEqual(['server/discover'])
  })

  it('let a failing dial fail as it does', async () => {
    const error = new Error('no such file')
    const options = { name: 'tester', version: '1' }
    expect(await failureOf(connect(() => Promise.reject(error), options))).toBe(error)
  })
})
