import { connect, createServer } from 'node:http2'
import type { ClientHttp2Session, Http2Server, IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Exchange, Responder } from '@parley/protocol'
import { toNodeHandler } from '@parley/transports/http/node'
import type { NodeHandler } from '@parley/transports/http/node'
import { afterEach, describe, expect, it } from 'vitest'
import { calling } from './http-faces.ts'
import { responder, signalled } from './peers.ts'

const open: { handler: NodeHandler; listener: Http2Server; client: ClientHttp2Session }[] = []

afterEach(async () => {
  for (const { handler, listener, client } of open.splice(0)) {
    client.destroy()
    listener.close()
    await handler.close()
  }
})

const start = async (server: Responder, options: Parameters<typeof toNodeHandler>[1] = {}) => {
  const handler = toNodeHandler(server, { path: '/mcp', linger: 0, ...options })
  const listener = createServer(handler)
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const client = connect(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`)
  client.on('error', () => undefined)
  open.push({ handler, listener, client })
  return client
}

const { headers, body } = calling('tools/list')
const text = body as string

const begin = (client: ClientHttp2Session, more: Record<string, string> = {}) => {
  const given = Object.fromEntries(Object.entries({ ...headers, ...more }).filter(([, value]) => value !== undefined))
  const stream = client.request({ ':method': 'POST', ':path': '/mcp', ...given })
  stream.on('error', () => undefined)
  const head = new Promise<IncomingHttpHeaders>((resolve) => stream.once('response', resolve))
  return { stream, head }
}

const ask = async (client: ClientHttp2Session, more: Record<string, string> = {}, sent = text) => {
  const { stream, head } = begin(client, more)
  stream.end(sent)
  const status = (await head)[':status']
  return { status, text: (await stream.setEncoding('utf8').toArray()).join('') }
}

describe('over HTTP/2', () => {
  it('answers, the host being that of :authority', async () => {
    const client = await start(responder(({ origin }) => ({ host: origin.header?.('host') ?? 'none' })))
    const { status, text: answer } = await ask(client)
    const host = `127.0.0.1:${client.socket.remotePort}`
    expect([status, JSON.parse(answer)]).toMatchObject([200, { id: 1, result: { host } }])
  })

  it('SEC-WEB-1: refuses another authority, and one that Host contradicts', async () => {
    const client = await start(responder(() => ({})))
    expect((await ask(client, { ':authority': 'evil.example.com' })).status).toBe(403)
    expect((await ask(client, { ':authority': 'evil.example.com', host: 'localhost' })).status).toBe(400)
    expect((await ask(client, { ':authority': 'localhost', host: 'evil.example.com' })).status).toBe(400)
    expect((await ask(client, { ':authority': 'localhost', host: 'localhost' })).status).toBe(200)
  })

  it('sends events, and hears that the client is gone', async () => {
    const aborted = signalled()
    const served = signalled<Exchange>()
    const server = responder(async (exchange) => {
      served.settle(exchange)
      exchange.signal.addEventListener('abort', () => aborted.settle())
      await exchange.notify('notifications/progress', { n: 1 })
      await aborted.promise
      return {}
    })
    const client = await start(server)
    const { stream, head } = begin(client)
    stream.end(text)
    expect(await head).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream' })
    const event = await new Promise((resolve) => stream.once('data', resolve))
    expect(String(event as Buffer)).toContain('notifications/progress')
    stream.close()
    await aborted.promise
    await expect((await served.promise).notify('notifications/progress')).rejects.toMatchObject({
      name: 'ConnectionClosed',
    })
  })

  it('sends a large answer whole', async () => {
    const large = 'ä'.repeat(1_000_000)
    const client = await start(responder(() => ({ large })))
    const { text: answer } = await ask(client)
    expect(JSON.parse(answer)).toMatchObject({ result: { large } })
  })

  it('cuts a client that takes nothing, and nobody else on its connection', async () => {
    const cut = signalled()
    const server = responder(async ({ request, signal }) => {
      if (request.id === 'small') return {}
      signal.addEventListener('abort', () => cut.settle())
      return { text: 'x'.repeat(16_000_000) }
    })
    const client = await start(server, { stall: 100 })
    const { stream } = begin(client)
    stream.end(text)
    stream.pause()
    await cut.promise
    expect((await ask(client, {}, text.replace('"id":1', '"id":"small"'))).status).toBe(200)
  })

  it('lets go of a body whose sender leaves', async () => {
    const read = signalled()
    const client = await start(
      responder(() => ({})),
      {
        maxInFlight: 1,
        bodyTimeout: 60_000,
        linger: 60_000,
        authorize: async () => (read.settle(), { issuer: 'i', subject: 's', scopes: [] }),
      },
    )
    const { stream } = begin(client)
    stream.write('{')
    await read.promise
    stream.close()
    // Closing would wait for it.
    await open[0]?.handler.close()
  })

  it('takes a little more of what it refuses, and then no more, without ending the connection', async () => {
    const client = await start(
      responder(() => ({})),
      { maxBody: text.length },
    )
    const { stream, head } = begin(client)
    const chunk = Buffer.alloc(65_536, 0x20)
    const more = (): void => void (stream.writable && stream.write(chunk, more))
    more()
    expect((await head)[':status']).toBe(413)
    stream.resume()
    await new Promise((resolve) => stream.once('close', resolve))
    expect((await ask(client)).status).toBe(200)
  })
})
