import { ConnectionClosed, HttpFailure, NegotiationFailed } from '@parley/core'
import { connect } from '@parley/client'
import type { Client, ClientOptions } from '@parley/client'
import { revisions } from '@parley/protocol'
import { Server, text } from '@parley/server'
import { http } from '@parley/transports/http/client'
import { serveHttp } from '@parley/transports/http/node'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { library } from './library.ts'

const me = { name: 'tester', version: '1' }
const everyVersion = revisions.map(({ version }) => version)
// The oldest revision has a road of its own; over this one it is spoken only by those who ask for it.
const versions = everyVersion.filter((version) => version !== '2024-11-05')

const served = async (
  server: Server,
  run: (client: Client, url: string) => Promise<void>,
  options: Partial<ClientOptions> = {},
): Promise<void> => {
  const serving = await serveHttp(server, { port: 0 })
  try {
    const client = await connect(http(serving.url), { ...me, ...options })
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

describe.each(versions)('over HTTP, in %s', (version) => {
  const only = { versions: [version] }

  it('calls tools, reads, lists and prompts', () =>
    served(
      library(),
      async (client) => {
        expect(client.version).toBe(version)
        const { structured } = await client.callTool('add', { a: 2, b: 3 })
        expect(structured).toEqual(version === '2025-03-26' ? undefined : { sum: 5 })
        expect((await client.listTools()).length).toBeGreaterThan(5)
        expect((await client.listPrompts()).length).toBeGreaterThan(0)
        await client.ping()
      },
      only,
    ))

  it('hears the progress of a call, in order', () =>
    served(
      library(),
      async (client) => {
        const heard: number[] = []
        await client.callTool('count', {}, { onProgress: ({ progress }) => heard.push(progress) })
        expect(heard).toEqual([1, 2, 3])
      },
      only,
    ))

  it('H13, G11: a call that is given up ends at the server, too', async () => {
    const server = new Server({ name: 's', version: '1' }, { onError: () => undefined })
    let ended: (reason: unknown) => void = () => undefined
    let began: () => void = () => undefined
    const over = new Promise((resolve) => (ended = resolve))
    const running = new Promise<void>((resolve) => (began = resolve))
    server.tool('wait', (_, { signal }) => {
      began()
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended(signal.reason)
          reject(new Error('aborted'))
        })
      })
    })
    await served(
      server,
      async (client) => {
        const abort = new AbortController()
        const call = client.callTool('wait', {}, { signal: abort.signal })
        await running
        abort.abort(new Error('enough'))
        await expect(call).rejects.toThrow('enough')
        expect(await over).toBeInstanceOf(Error)
      },
      only,
    )
  })

  it('hears changes until it stops listening', () => {
    const server = library()
    return served(
      server,
      async (client) => {
        const subscription = await client.listen({ toolsListChanged: true })
        const changes = subscription[Symbol.asyncIterator]()
        const first = changes.next()
        server.tool('new', () => text('!'))
        expect((await first).value).toEqual({ type: 'toolsListChanged' })
        await subscription.close()
        expect((await changes.next()).done).toBe(true)
        expect((await client.callTool('new')).content).toEqual([{ type: 'text', text: '!' }])
      },
      only,
    )
  })

  it('rejects what is under way with ConnectionClosed when it is closed', () =>
    served(
      library(),
      async (client) => {
        const call = client.callTool('wait').catch((error: unknown) => error)
        await client.ping()
        await client.close()
        expect(await call).toBeInstanceOf(ConnectionClosed)
      },
      only,
    ))
})

describe.each(versions.filter((version) => version > '2025-03-26'))('questions over HTTP, in %s', (version) => {
  it('are answered in the middle of a call', () =>
    served(
      library(),
      async (client) => {
        const { content } = await client.callTool('lend')
        expect(content).toEqual([{ type: 'text', text: 'Lent: true' }])
      },
      { versions: [version], onElicit: () => ({ action: 'accept', content: { sure: true } }) },
    ))
})

describe('arguments in headers', () => {
  const query = {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      limit: { type: 'integer', 'x-mcp-header': 'Limit' },
      dry: { type: 'boolean', 'x-mcp-header': 'Dry' },
    },
  } as const

  const databases = (): Server => {
    const server = new Server({ name: 's', version: '1' })
    server.tool('query', { input: query }, (args) => text(JSON.stringify(args)))
    return server
  }

  it.each([
    { region: 'us-west1', limit: 5, dry: true },
    { region: ' Grüße\n', limit: -1, dry: false },
    { region: '' },
    {},
  ])('X1, X4: %j is taken, listed before or not', (args) =>
    served(databases(), async (client) => {
      const expected = [{ type: 'text', text: JSON.stringify(args) }]
      // X6: without the schema the server refuses; the client learns it and calls again.
      expect((await client.callTool('query', args)).content).toEqual(expected)
      await client.listTools()
      expect((await client.callTool('query', args)).content).toEqual(expected)
    }),
  )
})

describe('finding out the era over HTTP', () => {
  it('V2, V3: a server of both eras is spoken to in the modern one', () =>
    served(library(), async (client) => expect([client.era, client.version]).toEqual(['modern', '2026-07-28'])))

  const raw = async (listener: RequestListener, run: (url: string) => Promise<void>): Promise<void> => {
    const server = createServer(listener)
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    try {
      // A server that listens on a port has an address of this kind.
      await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`)
    } finally {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    }
  }

  it.each([401, 500, 503])('2.3: HTTP %i is no verdict, and comes out as it is', (status) => {
    const methods: (string | undefined)[] = []
    return raw(
      (request, response) => {
        methods.push(request.headers['mcp-method']?.toString())
        response.writeHead(status).end()
      },
      async (url) => {
        const failure = await connect(http(url), me).catch((error: unknown) => error)
        expect(failure).toBeInstanceOf(HttpFailure)
        expect(failure).toMatchObject({ status })
        expect(methods).toEqual(['server/discover'])
      },
    )
  })

  it('2.3: a broken connection is no verdict, and nothing is tried in its place', () => {
    let requests = 0
    return raw(
      (request) => {
        requests += 1
        request.destroy()
      },
      async (url) => {
        await expect(connect(http(url), me)).rejects.toBeInstanceOf(ConnectionClosed)
        expect(requests).toBe(1)
      },
    )
  })

  it('2.3: silence is no verdict', () =>
    raw(
      () => undefined,
      async (url) => {
        const failure = await connect(http(url), { ...me, probeTimeout: 20 }).catch((error: unknown) => error)
        expect(failure).toMatchObject({ name: 'TimeoutError' })
      },
    ))

  it('2.3: a server that knows neither era nor stream is a failure with its status', () =>
    raw(
      (_request, response) => response.writeHead(404).end('nothing here'),
      async (url) => {
        const failure = await connect(http(url), me).catch((error: unknown) => error)
        expect(failure).toMatchObject({ name: 'HttpFailure', status: 404, body: 'nothing here' })
      },
    ))

  it('2.3: a modern server that shares no revision is not asked to initialize', () => {
    const methods: unknown[] = []
    return raw(
      (request, response) => {
        methods.push(request.headers['mcp-method'])
        const data = { requested: '2026-07-28', supported: ['2031-01-01'] }
        response.writeHead(400, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_022, message: 'no', data } }))
      },
      async (url) => {
        const failure = await connect(http(url), me).catch((error: unknown) => error)
        expect(failure).toBeInstanceOf(NegotiationFailed)
        expect(failure).toMatchObject({ supported: ['2031-01-01'] })
        expect(methods).toEqual(['server/discover'])
      },
    )
  })
})
