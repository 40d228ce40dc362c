import { connect } from '@parley/client'
import type { Client, ClientOptions } from '@parley/client'
import { ConnectionClosed } from '@parley/core'
import { revisions } from '@parley/protocol'
import type { Responder } from '@parley/protocol'
import { Server } from '@parley/server'
import { describeTransport } from '@parley/testing'
import type { TransportRig } from '@parley/testing'
import { http } from '@parley/transports/http/client'
import { serveHttp } from '@parley/transports/http/node'
import { httpSse } from '@parley/transports/http-sse/server'
import { describe, expect, it } from 'vitest'
import { library } from './library.ts'

const me = { name: 'tester', version: '1' }
const legacy = revisions.filter(({ era }) => era === 'legacy').map(({ version }) => version)
const oldest = '2024-11-05'

const streamOf = (url: string): string => new URL('/sse', url).href

/** A server with both transports, and a client that was given no more than the old one's URL. */
const served = async (
  server: Server,
  run: (client: Client, url: string) => Promise<void>,
  options: Partial<ClientOptions> = {},
): Promise<void> => {
  const serving = await serveHttp(server, { port: 0, sse: httpSse() })
  try {
    const client = await connect(http(streamOf(serving.url)), { ...me, ...options })
    try {
      await run(client, serving.url)
    } finally {
      await client.close()
    }
  } finally {
    await server[Symbol.asyncDispose]()
    await serving.close()
  }
}

describe('HTTP+SSE, from end to end', () => {
  it('K1, K2, 2.3: a client that knows only the URL finds out what is spoken there', () =>
    served(library(), async (client) => {
      expect(client.version).toBe('2025-11-25')
      const { structured } = await client.callTool('add', { a: 2, b: 3 })
      expect(structured).toEqual({ sum: 5 })
    }))

  it.each(legacy)('K1, K2: calls, lists and progress in %s', (version) =>
    served(
      library(),
      async (client) => {
        expect(client.version).toBe(version)
        await client.callTool('add', { a: 2, b: 3 })
        expect((await client.listTools()).length).toBeGreaterThan(5)
        const heard: number[] = []
        await client.callTool('count', {}, { onProgress: ({ progress }) => heard.push(progress) })
        expect(heard).toEqual([1, 2, 3])
      },
      { versions: [version] },
    ),
  )

  it('K1: the server asks in the middle of a call', () =>
    served(
      library(),
      async (client) => {
        const { content } = await client.callTool('summarize')
        expect(JSON.stringify(content)).toContain('well met')
      },
      {
        versions: [oldest],
        onSample: () => ({ model: 'm', role: 'assistant', content: { type: 'text', text: 'well met' } }),
      },
    ))

  it('H17: modern clients are served on the MCP endpoint beside it', () =>
    served(
      library(),
      async (old, url) => {
        const modern = await connect(http(url), me)
        expect([old.version, modern.version]).toEqual([oldest, revisions[0]?.version])
        const sums = await Promise.all([old, modern].map((client) => client.callTool('add', { a: 1, b: 1 })))
        expect(sums.map(({ content }) => content)).toEqual([sums[0]?.content, sums[0]?.content])
        await modern.close()
      },
      { versions: [oldest] },
    ))

  it('C1, C2: a call that is given up ends at the server, and the connection goes on', async () => {
    const server = new Server({ name: 's', version: '1' }, { onError: () => undefined })
    const giveUp = new AbortController()
    let ended: (reason: unknown) => void = () => undefined
    const over = new Promise((resolve) => (ended = resolve))
    server.tool('wait', (_, { signal }) => {
      giveUp.abort()
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended(signal.reason)
          reject(new Error('aborted'))
        })
      })
    })
    await served(server, async (client) => {
      await expect(client.callTool('wait', {}, { signal: giveUp.signal })).rejects.toMatchObject({ name: 'AbortError' })
      expect(await over).toMatchObject({ name: 'AbortError' })
      await client.ping()
    })
  })

  it('the end of serving is the end of the connection', async () => {
    const server = library()
    const serving = await serveHttp(server, { port: 0, sse: httpSse() })
    const client = await connect(http(streamOf(serving.url)), me)
    await server[Symbol.asyncDispose]()
    await serving.close()
    await client.closed
    await expect(client.ping()).rejects.toBeInstanceOf(ConnectionClosed)
    await client.close()
  })
})

/** Forgets what the handshake left behind: the suite counts what comes after it. */
const forget = (server: Responder): void => {
  for (const kept of ['begun', 'heard']) {
    const list: unknown = Reflect.get(server, kept)
    if (Array.isArray(list)) list.length = 0
  }
}

describeTransport('http+sse', async (server, client): Promise<TransportRig> => {
  const serving = await serveHttp(server, { port: 0, linger: 0, sse: httpSse() })
  let messages: URL | undefined
  const watched = (to: URL, init: RequestInit): Promise<Response> => {
    if (init.method === 'POST') messages = to
    return fetch(to, init)
  }
  const link = await http(streamOf(serving.url), { fetch: watched }).dial(client)
  await link.request('initialize', { protocolVersion: oldest, capabilities: {}, clientInfo: me })
  await link.notify('notifications/initialized')
  forget(server)
  const inject = async (frame: string | Uint8Array): Promise<void> => {
    const body = typeof frame === 'string' ? frame : new Uint8Array(frame)
    const response = await fetch(messages ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    await response.text()
  }
  return { link, inject, close: () => serving.close() }
})
