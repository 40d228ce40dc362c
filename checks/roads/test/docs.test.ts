import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createServer, request } from 'node:http'
import type { RequestListener, Server as Listener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createAdaptorServer } from '@hono/node-server'
import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import type { Authorize } from '@parley/core'
import { Peer } from '@parley/protocol'
import type { Channel, Dial } from '@parley/protocol'
import { Server } from '@parley/server'
import { bothEras } from '@parley/testing'
import type { EraRun, EraServerOptions } from '@parley/testing'
import { http } from '@parley/transports/http/client'
import type { HttpServer } from '@parley/transports/http/node'
import { webSocket } from '@parley/transports/websocket/node'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startIssuer } from './issuer.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
const text = (path: string): string => readFileSync(join(root, path), 'utf8')
const below = (path: string): string[] => readdirSync(join(root, path)).map((name) => `${path}/${name}`)

const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...below('docs').filter((path) => path.endsWith('.md')),
  ...[...below('packages'), ...below('apps')]
    .map((path) => `${path}/README.md`)
    .filter((path) => existsSync(join(root, path))),
]
// The blocks of README.md itself are run by readme.test.ts, those of the page on logging in by checks/auth.
const pages = documents.filter((path) => /^(?:docs|packages)\//.test(path) && path !== 'docs/logging-in.md')

type Block = { id: string; file: string; code: string }

// Where node_modules holds every package, and where no glob of the compiler's or the runner's looks.
const folder = mkdtempSync(join(here, '.docs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Where a block is kept as a file: those of one page beside each other, so that they can import one another. */
const fileOf = (page: string, name: string): string => join(folder, page.replaceAll(/[/.]/g, '-'), name)

const fence = /(?:^<!-- (\S+\.ts): run by checks\/roads\/test\/docs\.test\.ts -->\n\n)?^```ts\n(.*?)^```$/gms

/** Every block of TypeScript on a page; its name stands in the comment above it, else it is its number. */
const blocksOf = (page: string): Block[] =>
  [...text(page).matchAll(fence)].map(([, given, code = ''], index) => {
    const name = given ?? `${index + 1}.ts`
    return { id: `${page}/${name}`, file: fileOf(page, name), code }
  })
const blocks = pages.flatMap(blocksOf)

/** What stands around a block that is a part of a program. */
const frames: Readonly<Record<string, [before: string, after: string]>> = {
  'docs/asking.md/transfer.ts': [
    `import { ToolError } from '@parley/core'
import type { Server } from '@parley/server'
import { z } from 'zod'

const Transfer = z.object({ amount: z.number() })
const Confirm = z.object({ sure: z.boolean() })
const askWhom = { message: 'To whom?', schema: z.object({ to: z.string() }) }
const askWhy = { message: 'What for?', schema: z.object({ why: z.string() }) }

type Quote = { id: string; total: number }
export type Bank = {
  quote(amount: number): Quote
  send(quote: Quote, to: unknown, why: unknown, options: { idempotencyKey: string }): string
}

export const addTransfer = (server: Server, bank: Bank): void => {
`,
    '}\n',
  ],
  'packages/proxy/README.md/2.ts': [
    `import type { Principal } from '@parley/core'
import { proxy } from '@parley/proxy'
import { http } from '@parley/transports/http/client'
declare const loginOf: (principal: Principal | undefined) => typeof fetch
`,
    '',
  ],
  'packages/testing/README.md/1.ts': [
    `import { pair } from '@parley/transports/memory'
const myPair = async () => pair()
`,
    '',
  ],
  'packages/testing/README.md/2.ts': [
    `import { Server } from '@parley/server'
import type { EraServerOptions } from '@parley/testing'
import { expect } from 'vitest'
import { z } from 'zod'

const makeServer = (options: EraServerOptions): Server => {
  const server = new Server({ name: 'bank', version: '1.0.0' }, options)
  server.tool('transfer', { input: z.object({ amount: z.number() }) }, async ({ amount }, ctx) => {
    const answer = await ctx.elicit({ message: \`Send \${amount}?\`, schema: z.object({ sure: z.boolean() }) })
    return answer.action === 'accept' && answer.content.sure ? 'Sent.' : 'Not sent.'
  })
  return server
}
`,
    '',
  ],
  'packages/transports/README.md/1.ts': [
    `import { connect } from '@parley/client'
import { Server } from '@parley/server'
const server = new Server({ name: 'far', version: '1.0.0' })
server.tool('road', (_, ctx) => ctx.road)
`,
    'export { client, server, serving }\n',
  ],
}

for (const { id, file, code } of blocks) {
  const [before, after] = frames[id] ?? ['', '']
  mkdirSync(dirname(file), { recursive: true })
  // The ports of the pages may be taken where this runs.
  writeFileSync(file, `${before}${code.replace(/\bport: \d+/, 'port: 0')}${after}`)
}
writeFileSync(
  fileOf('docs/remote.md', 'tokens.ts'),
  `export const subjectOf = async (token: string): Promise<string | undefined> =>
  token === 'good' ? 'ada' : undefined
`,
)

describe('the examples on the pages', () => {
  it('are all known here, and run below', () => {
    expect(blocks.map(({ id }) => id)).toEqual([
      'docs/asking.md/transfer.ts',
      'docs/protecting.md/server.ts',
      'docs/protecting.md/protected.ts',
      'docs/protecting.md/verifiers.ts',
      'docs/protecting.md/roads.ts',
      'docs/remote.md/server.ts',
      'docs/remote.md/serve.ts',
      'docs/remote.md/node.ts',
      'docs/remote.md/express.ts',
      'docs/remote.md/fastify.ts',
      'docs/remote.md/hono.ts',
      'docs/remote.md/roads.ts',
      'docs/remote.md/guarded.ts',
      'docs/transports.md/port.ts',
      'docs/transports.md/port.test.ts',
      'packages/cli/README.md/1.ts',
      'packages/inspector/README.md/1.ts',
      'packages/proxy/README.md/1.ts',
      'packages/proxy/README.md/2.ts',
      'packages/testing/README.md/1.ts',
      'packages/testing/README.md/2.ts',
      'packages/transports/README.md/1.ts',
    ])
  })

  it('are what the compiler takes', async () => {
    const config = join(folder, 'tsconfig.json')
    const compilerOptions = { incremental: false, noUnusedLocals: false }
    writeFileSync(
      config,
      JSON.stringify({
        extends: join(root, 'tsconfig.test.json'),
        compilerOptions,
        files: blocks.map(({ file }) => file),
      }),
    )
    const said = await new Promise<string>((resolve) => {
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      execFile(process.execPath, [tsc, '-p', config, '--pretty', 'false'], { cwd: folder }, (_, stdout) =>
        resolve(stdout),
      )
    })
    expect(said).toBe('')
  }, 30_000)
})

// Their tests join those of this file.
await import(fileOf('docs/transports.md', 'port.test.ts'))
await import(fileOf('packages/testing/README.md', '1.ts'))
await import(fileOf('packages/testing/README.md', '2.ts'))

describe('the transport of docs/transports.md', async () => {
  const { port, portChannel } = (await import(fileOf('docs/transports.md', 'port.ts'))) as {
    port: (p: MessagePort) => Dial
    portChannel: (p: MessagePort) => Channel
  }

  const serving = () => {
    const { port1, port2 } = new MessageChannel()
    const server = new Server({ name: 'far', version: '1.0.0' })
    server.tool('road', (_, ctx) => ctx.road)
    server.tool(
      'wait',
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    )
    return { near: port2, peer: new Peer(portChannel(port1), server, { origin: { road: 'port' } }) }
  }

  it.each(['2026-07-28', '2025-11-25', '2024-11-05'])('serves clients in %s', async (version) => {
    const { near, peer } = serving()
    const client = await connect(port(near), { name: 'near', version: '1.0.0', versions: [version] })
    const { content } = await client.callTool('road')
    expect(content).toEqual([{ type: 'text', text: 'port' }])
    await client.close()
    await peer.closed
  })

  it('learns that the far side is gone', async () => {
    const { near, peer } = serving()
    const client = await connect(port(near), { name: 'near', version: '1.0.0' })
    const call = client.callTool('wait').catch((error: unknown) => error)
    await peer[Symbol.asyncDispose]()
    await client.closed
    expect(await call).toMatchObject({ name: 'ConnectionClosed' })
    await client.close()
  })
})

it('the WebSocket of packages/transports/README.md carries calls', async () => {
  const { client, server, serving } = (await import(fileOf('packages/transports/README.md', '1.ts'))) as {
    client: Client
    server: Server
    serving: AsyncDisposable
  }
  expect((await client.callTool('road')).content).toEqual([{ type: 'text', text: 'websocket' }])
  await client.close()
  await server.close()
  await serving[Symbol.asyncDispose]()
})

describe('the server of docs/remote.md', () => {
  const load = (name: string): Promise<unknown> => import(fileOf('docs/remote.md', name))
  const me = { name: 'traveller', version: '1.0.0' }

  /** Calls it in both eras at a URL. */
  const visit = async (url: string): Promise<void> => {
    for (const version of ['2026-07-28', '2025-11-25']) {
      const client = await connect(http(url), { ...me, versions: [version] })
      expect((await client.callTool('add', { a: 1, b: 2 })).content).toEqual([{ type: 'text', text: '3' }])
      await client.close()
    }
  }

  const listening = async (listener: Listener): Promise<string> => {
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      listener.close()
      listener.closeAllConnections()
    })
    return `http://127.0.0.1:${(listener.address() as AddressInfo).port}/api/mcp`
  }

  it('answers under node:http', async () => {
    const { app } = (await load('node.ts')) as { app: Listener }
    await visit(await listening(app))
  })

  it('answers under Express', async () => {
    const { app } = (await load('express.ts')) as { app: RequestListener }
    await visit(await listening(createServer(app)))
  })

  it('answers under Fastify', async () => {
    const { app } = (await load('fastify.ts')) as { app: { ready(): Promise<unknown>; server: Listener } }
    await app.ready()
    await visit(await listening(app.server))
  })

  it('answers under Hono', async () => {
    const { app } = (await load('hono.ts')) as { app: { fetch: Parameters<typeof createAdaptorServer>[0]['fetch'] } }
    await visit(await listening(createAdaptorServer(app) as Listener))
  })

  it('answers over HTTP, HTTP+SSE and WebSockets on one port', async () => {
    const { app } = (await load('roads.ts')) as { app: Listener }
    const url = new URL(await listening(app))
    await visit(new URL('/mcp', url).href)
    const old = await connect(http(new URL('/sse', url)), { ...me, versions: ['2024-11-05'] })
    expect((await old.callTool('add', { a: 1, b: 2 })).content).toEqual([{ type: 'text', text: '3' }])
    await old.close()
    for (const version of ['2026-07-28', '2025-11-25']) {
      const client = await connect(webSocket(`ws://${url.host}/mcp`), { ...me, versions: [version] })
      expect((await client.callTool('add', { a: 1, b: 2 })).content).toEqual([{ type: 'text', text: '3' }])
      await client.close()
    }
  })

  it('lets in who has a good token and asks for the right host, and tells handlers who that is', async () => {
    const { http: serving } = (await load('guarded.ts')) as { http: HttpServer }
    onTestFinished(() => serving.close())
    const { port } = new URL(serving.url)
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: me },
    })
    // What fetch sends as Host is the URL's own.
    const ask = (host: string, authorization: string, origin = 'https://app.example.com'): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const headers = { host, origin, authorization, 'content-type': 'application/json', accept: '*/*' }
        const asking = request({ port, path: '/mcp', method: 'POST', headers })
        asking.once('response', (answer) => resolve(answer.resume().statusCode)).once('error', reject)
        asking.end(body)
      })
    expect(await ask('mcp.example.com', 'Bearer good')).toBe(200)
    expect(await ask('mcp.example.com', 'Bearer bad')).toBe(401)
    expect(await ask('localhost', 'Bearer good')).toBe(403)
    expect(await ask('mcp.example.com', 'Bearer good', 'https://elsewhere.example.com')).toBe(403)
  })

  it('is served on a port of its own until the process is told to end', async () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const once = vi.spyOn(process, 'once')
    onTestFinished(() => {
      said.mockRestore()
      once.mockRestore()
    })
    await load('serve.ts')
    const url = /http:\S+/.exec(String(said.mock.calls[0]?.[0]))?.[0] ?? ''
    expect(new URL(url)).toMatchObject({ hostname: '127.0.0.1', pathname: '/mcp' })
    await visit(url)
    const [, end] = once.mock.calls.find(([name]) => name === 'SIGTERM') ?? []
    end?.('SIGTERM')
    if (end !== undefined) process.off('SIGTERM', end)
    const called = (): Promise<string> =>
      fetch(url).then(
        () => 'answered',
        () => 'gone',
      )
    await expect.poll(called).toBe('gone')
  })
})

describe('the servers of docs/protecting.md', async () => {
  const load = (name: string): Promise<unknown> => import(fileOf('docs/protecting.md', name))
  const resource = 'https://mcp.example.com/mcp'
  const issuer = await startIssuer()
  vi.stubEnv('ISSUER', issuer.url)
  vi.stubEnv('ROBOT_KEY', 'a-key-of-the-robot')
  const { authorize, http: serving } = (await load('protected.ts')) as { authorize: Authorize; http: HttpServer }
  vi.unstubAllEnvs()
  afterAll(async () => {
    await serving.close()
    issuer.close()
  })
  const token = (claims: object = {}): string =>
    issuer.token({ sub: 'ada', aud: resource, scope: 'files:read', ...claims })

  type Answer = { status: number | undefined; challenge: string | undefined; json: unknown }
  /** Asks under the name that the server answers to, which fetch would not send. */
  const ask = (url: URL, path: string, headers: Record<string, string> = {}, sent?: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const options = { port: url.port, path, method: sent === undefined ? 'GET' : 'POST' }
      const asking = request({ ...options, headers: { host: 'mcp.example.com', ...headers } })
      asking.once('error', reject).once('response', (answer) => {
        const { statusCode: status, headers: found } = answer
        const challenge = found['www-authenticate']
        const settle = (chunks: Uint8Array[]): void => {
          const body = Buffer.concat(chunks).toString()
          resolve({ status, challenge, json: body === '' ? undefined : JSON.parse(body) })
        }
        answer.toArray().then(settle, reject)
      })
      asking.end(sent)
    })
  const call = (url: URL, name: string, bearer?: string): Promise<Answer> => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    }
    return ask(
      url,
      '/mcp',
      headers,
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { _meta, name } }),
    )
  }
  const said = ({ json }: Answer): unknown => (json as { result: { content: unknown } }).result.content

  const visit = async (url: URL): Promise<void> => {
    const place = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp'
    const { status, challenge } = await call(url, 'whoami')
    expect([status, challenge]).toEqual([401, `Bearer scope="files:read", resource_metadata="${place}"`])
    for (const path of [new URL(place).pathname, '/.well-known/oauth-protected-resource']) {
      expect((await ask(url, path)).json).toEqual({
        resource,
        authorization_servers: [issuer.url],
        scopes_supported: ['files:read', 'files:write'],
        bearer_methods_supported: ['header'],
      })
    }
    expect(said(await call(url, 'whoami', token()))).toEqual([{ type: 'text', text: 'ada' }])
    const refused = await call(url, 'erase', token())
    expect([refused.status, refused.challenge]).toEqual([
      403,
      `Bearer error="insufficient_scope", scope="files:read files:write", resource_metadata="${place}"`,
    ])
    const more = token({ scope: 'files:read files:write' })
    expect(said(await call(url, 'erase', more))).toEqual([{ type: 'text', text: 'gone' }])
  }

  it('let in who has a token for them, and lead others to the authorization server', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    onTestFinished(() => warned.mockRestore())
    await visit(new URL(serving.url))
    expect((await call(new URL(serving.url), 'whoami', token({ aud: 'https://mcp.example.com' }))).status).toBe(401)
    expect(warned.mock.calls).toEqual([
      [`A token was refused: audience (expected "${resource}", got "https://mcp.example.com")`],
    ])
  })

  it('do so on every road', async () => {
    const { app } = (await load('roads.ts')) as { app: Listener }
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      app.close()
      app.closeAllConnections()
    })
    const url = new URL(`http://127.0.0.1:${(app.address() as AddressInfo).port}/mcp`)
    await visit(url)
    expect(await ask(url, '/sse', { accept: 'text/event-stream' })).toMatchObject({ status: 401 })
    const headers = { host: 'mcp.example.com', authorization: `Bearer ${token()}` }
    const client = await connect(webSocket(`ws://${url.host}/mcp`, { headers }), { name: 'visitor', version: '1.0.0' })
    expect((await client.callTool('whoami')).content).toEqual([{ type: 'text', text: 'ada' }])
    await expect(client.callTool('erase')).rejects.toMatchObject({ data: { requiredScopes: ['files:write'] } })
    await client.close()
  })

  it('take other tokens than JWTs', async () => {
    vi.stubEnv('ROBOT_KEY', 'a-key-of-the-robot')
    const { byKey, byIntrospection } = (await load('verifiers.ts')) as Record<'byKey' | 'byIntrospection', Authorize>
    vi.unstubAllEnvs()
    const head = (authorization: string): Parameters<Authorize>[0] => ({
      method: 'POST',
      path: '/mcp',
      header: (name) => (name === 'authorization' ? authorization : undefined),
    })
    expect(await byKey(head('Bearer a-key-of-the-robot'))).toMatchObject({ subject: 'robot', scopes: ['files:read'] })
    expect(byKey.documents?.size).toBe(0)
    expect(await byIntrospection(head('Basic YTpi'))).toMatchObject({ status: 401 })
    expect(authorize.documents?.size).toBe(2)
  })
})

describe('the transfer of docs/asking.md', async () => {
  const { addTransfer } = (await import(fileOf('docs/asking.md', 'transfer.ts'))) as {
    addTransfer: (server: Server, bank: { quote: unknown; send: unknown }) => void
  }
  const answers: Record<string, { [name: string]: string | boolean }> = {
    'To whom?': { to: 'Ada' },
    'What for?': { why: 'tea' },
    'Send 5.5?': { sure: true },
  }
  const quoted = { id: 'q1', total: 5.5 }
  const quote = vi.fn(() => quoted)
  const send = vi.fn(() => 'sent')
  const onElicit = vi.fn(({ message }: { message: string }) => ({
    action: 'accept' as const,
    content: answers[message] ?? {},
  }))
  let runs = 0

  const bank = (options: EraServerOptions): Server => {
    for (const spy of [quote, send, onElicit]) spy.mockClear()
    runs = 0
    const server = new Server({ name: 'bank', version: '1.0.0' }, options)
    server.use((call, next) => {
      if (call.method === 'tools/call') runs++
      return next(call)
    })
    addTransfer(server, { quote, send })
    return server
  }

  const transfer = async ({ client, era, rehearse }: EraRun): Promise<void> => {
    const { content } = await client.callTool('transfer', { amount: 5 })
    expect(content).toEqual([{ type: 'text', text: 'sent' }])
    // Two rounds of questions, and the run that sends.
    expect(runs).toBe(era === 'modern' || rehearse ? 3 : 1)
    expect(quote.mock.calls).toEqual([[5]])
    expect(onElicit.mock.calls.map(([{ message }]) => message)).toEqual(Object.keys(answers))
    const [to, why] = [{ to: 'Ada' }, { why: 'tea' }].map((answer) => ({ action: 'accept', content: answer }))
    expect(send.mock.calls).toEqual([[quoted, to, why, { idempotencyKey: 'q1' }]])
  }

  bothEras('quotes once, asks in two rounds, and sends once', bank, transfer, { client: { onElicit } })
})

describe('the links', () => {
  it.each(documents)('of %s lead somewhere', (page) => {
    const targets = [...text(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => target)
    expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([])
  })
})
