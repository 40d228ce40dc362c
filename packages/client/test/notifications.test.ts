import type { JsonObject } from '@parley/core'
import { metaOf as readMeta } from '@parley/protocol'
import type { Dial, Link, RpcNotification } from '@parley/protocol'
import { describe, expect, it, vi } from 'vitest'
import { connect } from '../src/index.ts'
import { discovery, eras, failureOf, legacy, meet, modern } from './script.ts'

const metaOf = (message: JsonObject | undefined): JsonObject => readMeta(message?.['params'] as JsonObject | undefined)
const text = (words: string): JsonObject => ({ content: [{ type: 'text', text: words }] })

describe('log lines', () => {
  it('P5: the level is set at once in the legacy era', async () => {
    const script = legacy({ 'logging/setLevel': () => ({}) })
    await using client = await meet(script, { logLevel: 'error' })
    await client.setLogLevel('info')
    expect(script.sent('logging/setLevel').map((message) => message['params'])).toEqual([
      { level: 'error' },
      { level: 'info' },
    ])
  })

  it('P6: the level goes with each request in the modern era', async () => {
    const script = modern({ 'tools/call': () => text('x') })
    await using client = await meet(script)
    await client.callTool('x')
    await client.setLogLevel('info')
    await client.callTool('x')
    await client.callTool('x', {}, { logLevel: 'debug' })
    const levels = script.sent('tools/call').map((message) => metaOf(message)['io.modelcontextprotocol/logLevel'])
    expect(levels).toEqual([undefined, 'info', 'debug'])
    expect(script.methods).not.toContain('logging/setLevel')
  })

  it.each(eras)(
    'P5: from a %s server reach onLog unless malformed, and never end the connection',
    async (_, server) => {
      const script = server({ 'tools/call': () => text('x') })
      const lines: unknown[] = []
      const onError = vi.fn()
      await using client = await meet(script, {
        onError,
        onLog: (line) => {
          lines.push(line)
          throw new Error('broken')
        },
      })
      script.tell('notifications/message', { level: 'loud', data: 1 })
      script.tell('notifications/message', { level: 'info' })
      script.tell('notifications/message', { level: 'info', data: { a: 1 }, logger: 'db' })
      await client.callTool('x')
      expect(lines).toEqual([{ level: 'info', data: { a: 1 }, logger: 'db' }])
      expect(onError).toHaveBeenCalledOnce()
    },
  )

  it('an asynchronous callback that fails goes to onError, not unhandled', async () => {
    const script = modern({ 'tools/call': () => text('x') })
    const onError = vi.fn()
    await using client = await meet(script, { onError, onLog: () => Promise.reject(new Error('later')) })
    script.tell('notifications/message', { level: 'info', data: 1 })
    await client.callTool('x')
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'later' }))
  })
})

describe('notifications', () => {
  it('of any method reach onNotification, malformed ones excepted', async () => {
    const script = legacy({ ping: () => ({}) })
    const heard: unknown[] = []
    await using client = await meet(script, { onNotification: (method, params) => heard.push([method, params]) })
    script.tell('com.example/news', { a: 1 })
    script.tell('notifications/resources/updated', { uri: 5 })
    script.tell('notifications/resources/updated', { uri: 'a:1' })
    await client.ping()
    expect(heard).toEqual([
      ['com.example/news', { a: 1 }],
      ['notifications/resources/updated', { uri: 'a:1' }],
    ])
  })
})

describe('a road that knows which call a notification belongs to', () => {
  const line: RpcNotification = {
    kind: 'notification',
    method: 'notifications/message',
    params: { level: 'info', data: 'x' },
  }
  const dial: Dial = async (): Promise<Link> => ({
    request: async (method, _params, options) => {
      if (method === 'server/discover') return discovery()
      options?.onNotification?.(line)
      options?.onNotification?.({ ...line, params: { level: 'loud', data: 'x' } })
      options?.onNotification?.({ kind: 'notification', method: 'com.example/news', params: {} })
      return text('done')
    },
    notify: async () => undefined,
    closed: new Promise(() => undefined),
    [Symbol.asyncDispose]: async () => undefined,
  })

  it('P6: hands log lines to the call’s own callback, and the rest to the client’s', async () => {
    const mine: unknown[] = []
    const onLog = vi.fn()
    const onNotification = vi.fn()
    await using client = await connect(dial, { name: 'tester', version: '1', onLog, onNotification })
    await client.callTool('x', {}, { onLog: (heard) => mine.push(heard) })
    expect(mine).toEqual([line.params])
    expect(onLog).not.toHaveBeenCalled()
    expect(onNotification.mock.calls).toEqual([['com.example/news', {}]])
  })
})

it('a connection on which the last step of the handshake fails is closed', async () => {
  const script = legacy({ 'logging/setLevel': () => ({ level: 1 }) })
  script.handlers['logging/setLevel'] = () => {
    script.exit()
    return undefined
  }
  expect(await failureOf(meet(script, { logLevel: 'info' }))).toMatchObject({ name: 'ConnectionClosed' })
  expect(script.ends[0]?.closed).toBe(true)
})
