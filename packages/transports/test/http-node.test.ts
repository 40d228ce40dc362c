import { createServer, request as httpRequest } from 'node:http'
import type { Server as HttpListener } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { serveHttp, toNodeHandler } from '@parley/transports/http/node'
import type { HttpServer, ServeHttpOptions } from '@parley/transports/http/node'
import { afterEach, describe, expect, it } from 'vitest'
import { calling } from './http-faces.ts'
import { responder, signalled } from './peers.ts'

const servers: HttpServer[] = []
const sockets: Socket[] = []

const serve = async (options: ServeHttpOptions = {}, server = responder(() => ({ ok: true }))): Promise<HttpServer> => {
  const http = await serveHttp(server, { port: 0, linger: 0, ...options })
  servers.push(http)
  return http
}

/** A connection to which a test writes what it likes, and all that came back. */
const dial = async (
  url: string,
): Promise<{ socket: Socket; heard: () => string; until: (text: string) => Promise<void>; closed: Promise<void> }> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  sockets.push(socket)
  let text = ''
  let look = (): void => undefined
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    look()
  })
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  const until = (wanted: string): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (text.includes(wanted)) resolve()
      }
      look()
    })
  return { socket, heard: () => text, until, closed }
}

const { headers, body } = calling('tools/call', { name: 'add' })
const text = body as string

/** A modern request as raw text; each line of `more` is a header of its own. */
const raw = (url: string, more: string[] = [], without: string[] = []): string => {
  const lines = Object.entries({ host: new URL(url).host, ...headers, 'content-length': String(text.length) })
    .filter(([name]) => !without.includes(name))
    .map(([name, value]) => `${name}: ${value}`)
  return `POST /mcp HTTP/1.1\r\n${[...lines, ...more].join('\r\n')}\r\n\r\n`
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(servers.splice(0).map((http) => http.close()))
})

describe('binding', () => {
  it.each(['0.0.0.0', '::', '0', '127.1', '2130706433', '０.０.０.０', '[::]', '::ffff:0.0.0.0', 'example.com', ''])(
    'refuses to listen on %j without a word on who may call (SEC-WEB-6)',
    async (host) => {
      await expect(serveHttp(responder(), { port: 0, host })).rejects.toThrow(TypeError)
    },
  )

  it.each<[string, ServeHttpOptions]>([
    ['allowedHosts', { allowedHosts: ['mcp.example.com'] }],
    ['behindProxy', { behindProxy: true }],
  ])('listens wider with %s', async (_, options) => {
    const { url } = await serve({ host: '0.0.0.0', ...options })
    expect(url).toMatch(/^http:\/\/0\.0\.0\.0:\d+\/mcp$/)
  })

  it.each(['127.0.0.1', 'localhost', '127.0.0.2'])(
    'listens on %s, and answers under its own port only',
    async (host) => {
      const { url } = await serve({ host })
      const { port, hostname } = new URL(url)
      const ask = (name: string): Promise<number | undefined> =>
        new Promise((resolve, reject) => {
          const sending = httpRequest(
            { hostname, port, path: '/mcp', method: 'POST', headers: { ...headers, host: name }, agent: false },
            (response) => resolve(response.resume().statusCode),
          )
          sending.on('error', reject).end(text)
        })
      expect(await ask(`${host}:${port}`)).toBe(200)
      expect(await ask(`localhost:${port}`)).toBe(200)
      expect(await ask('localhost')).toBe(403)
      expect(await ask('localhost:1')).toBe(403)
    },
  )

  it('rejects with the error of the system for a port that is taken', async () => {
    const { url } = await serve()
    await expect(serveHttp(responder(), { port: Number(new URL(url).port) })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
  })
})

describe('heads', () => {
  it('T8: refuses a folded name', async () => {
    const { url } = await serve()
    const { socket, until, heard } = await dial(url)
    socket.write(raw(url, ['mcp-name: ad\r\n d'], ['mcp-name']) + text)
    await until('HTTP/1.1')
    expect(heard()).toMatch(/^HTTP\/1\.1 400 /)
  })

  it.each([
    ['host', 'host: localhost'],
    ['origin', 'origin: http://a.example\r\norigin: http://a.example'],
    ['content-type', 'content-type: text/plain'],
    ['authorization', 'authorization: Bearer a\r\nauthorization: Bearer b'],
    ['mcp-session-id', 'mcp-session-id: a\r\nmcp-session-id: b'],
    ['content-encoding', 'content-encoding: identity\r\ncontent-encoding: gzip'],
    ['sec-fetch-site', 'sec-fetch-site: none\r\nsec-fetch-site: cross-site'],
    ['content-length', 'content-length: 1'],
    ['transfer-encoding beside content-length', 'transfer-encoding: chunked'],
  ])('T8: refuses a repeated %s', async (_, line) => {
    const { url } = await serve()
    const { socket, until, heard } = await dial(url)
    socket.write(raw(url, [line]) + text)
    await until('\r\n\r\n')
    expect(heard()).toMatch(/^HTTP\/1\.1 400 /)
  })

  it.each([
    ['an absolute target', 'POST http://localhost/mcp HTTP/1.1'],
    ['another authority as target', 'POST http://evil.example.com/mcp HTTP/1.1'],
  ])('refuses %s', async (_, line) => {
    const { url } = await serve()
    const { socket, until, heard } = await dial(url)
    socket.write(raw(url).replace(/^.*\r\n/, `${line}\r\n`) + text)
    await until('HTTP/1.1')
    expect(heard()).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('refuses a request without a Host', async () => {
    const { url } = await serve()
    const { socket, until, heard } = await dial(url)
    socket.write(`POST /mcp HTTP/1.0\r\ncontent-length: 0\r\n\r\n`)
    await until('HTTP/1.1')
    expect(heard()).toMatch(/^HTTP\/1\.1 403 /)
  })

  it('refuses a head that is too large', async () => {
    const { url } = await serve({ maxHeaderSize: 2000 })
    const { socket, closed, heard } = await dial(url)
    socket.write(raw(url, [`x-large: ${'x'.repeat(3000)}`]) + text)
    await closed
    expect(heard()).toMatch(/^HTTP\/1\.1 431 /)
  })

  it.each([
    ['says nothing', ''],
    ['does not finish', 'POST /mcp HTTP/1.1\r\nhost: x\r\nx-'],
  ])('closes a connection whose head %s', async (_, start) => {
    const { url } = await serve({ headersTimeout: 30, checkInterval: 10 })
    const { socket, closed } = await dial(url)
    socket.write(start)
    await closed
  })

  it('answers with 503 beyond the connections that may be open', async () => {
    const { url } = await serve({ maxConnections: 1 })
    const first = await dial(url)
    first.socket.write(raw(url) + text)
    await first.until('"ok"')
    const second = await dial(url)
    second.socket.write(raw(url) + text)
    await second.until('503')
    first.socket.write(raw(url) + text)
    await expect.poll(() => first.heard().split('"ok"').length).toBe(3)
    await second.closed
    expect(second.heard()).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1\r\n/i)
  })
})

describe('bodies', () => {
  it('closes a connection whose body does not come', async () => {
    const { url } = await serve({ bodyTimeout: 30 })
    const { socket, until, heard, closed } = await dial(url)
    socket.write(`${raw(url)}{`)
    await until('HTTP/1.1')
    expect(heard()).toMatch(/^HTTP\/1\.1 408 /)
    await closed
  })

  it('answers before the body of a request that is refused, takes the body, and goes on', async () => {
    const { url } = await serve()
    const { socket, until, heard } = await dial(url)
    socket.write(raw(url, ['origin: http://evil.example.com']))
    await until('is not allowed')
    expect(heard()).toMatch(/^HTTP\/1\.1 403 /)
    socket.write(text + raw(url) + text)
    await until('"ok"')
  })

  it('uses the connection again after a body that was a little too large', async () => {
    const { url } = await serve({ maxBody: text.length })
    const { socket, until, heard } = await dial(url)
    const large = raw(url, ['content-length: ' + String(text.length + 1)], ['content-length'])
    socket.write(`${large}${text} ${raw(url)}${text}`)
    await until('"ok"')
    expect(heard()).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('cuts a connection that sends on and on after it was refused', async () => {
    const { url } = await serve()
    const { socket, closed, heard } = await dial(url)
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`
    socket.write(raw(url, ['transfer-encoding: chunked', 'origin: http://evil.example.com'], ['content-length']))
    const more = (): void => void (socket.writable && socket.write(chunk, more))
    more()
    await closed
    expect(heard()).toMatch(/^HTTP\/1\.1 403 /)
  })
})

describe('mounting', () => {
  const listeners: HttpListener[] = []
  afterEach(async () => {
    await Promise.all(
      listeners.splice(0).map((listener) => new Promise((resolve) => listener.close(resolve).closeAllConnections())),
    )
  })
  const mount = async (listener: HttpListener): Promise<string> => {
    listeners.push(listener)
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(listener.address() as AddressInfo).port}/mcp`
  }

  it('serves wherever it is mounted, several in one process', async () => {
    const one = toNodeHandler(responder(() => ({ name: 'one' })))
    const two = toNodeHandler(responder(() => ({ name: 'two' })))
    const url = await mount(
      createServer((request, response) => (request.url === '/mcp' ? one : two)(request, response)),
    )
    const first = await dial(url)
    first.socket.write(raw(url) + text)
    await first.until('"one"')
    first.socket.write(raw(url).replace('/mcp', '/other') + text)
    await first.until('"two"')
    await Promise.all([one.close(), two.close()])
  })

  it('cuts off a client that takes nothing of a large answer', async () => {
    const handler = toNodeHandler(
      responder(() => ({ text: 'x'.repeat(16_000_000) })),
      { stall: 30 },
    )
    const cut = signalled()
    const listener = createServer((request, response) => {
      response.once('close', cut.settle)
      handler(request, response)
    })
    const url = await mount(listener)
    const { socket, closed } = await dial(url)
    socket.pause()
    socket.write(raw(url) + text)
    await cut.promise
    socket.resume()
    await closed
    expect(socket.bytesRead).toBeLessThan(16_000_000)
  })

  it('cuts off a client that has taken a part, too, when it is told to and not after twice that time', async () => {
    const stall = 800
    const handler = toNodeHandler(
      responder(() => ({ text: 'x'.repeat(32_000_000) })),
      { stall },
    )
    const cut = signalled()
    let begun = 0
    const listener = createServer((request, response) => {
      begun = performance.now()
      response.once('close', cut.settle)
      handler(request, response)
    })
    const url = await mount(listener)
    const { socket } = await dial(url)
    socket.pause()
    socket.write(raw(url) + text)
    await cut.promise
    const lasted = performance.now() - begun
    expect(lasted).toBeGreaterThanOrEqual(stall)
    expect(lasted).toBeLessThan(1.9 * stall)
  })

  it('says so where somebody has read the body before', async () => {
    const handler = toNodeHandler(responder())
    const read = createServer((request, response) => {
      request.resume().once('end', () => setImmediate(() => handler(request, response)))
    })
    const url = await mount(read)
    const { socket, until, heard } = await dial(url)
    socket.write(raw(url) + text)
    await until('ahead of body parsers')
    expect(heard()).toMatch(/^HTTP\/1\.1 500 /)
  })
})

describe('closing', () => {
  it('ends idle connections, and settles once', async () => {
    const http = await serve()
    const { socket, until, closed } = await dial(http.url)
    socket.write(raw(http.url) + text)
    await until('"ok"')
    await Promise.all([http.close(), http.close(), http[Symbol.asyncDispose](), closed])
    await http.closed
  })

  it('ends connections that were never used at once', async () => {
    const http = await serve()
    const spare = await dial(http.url)
    // Connections are accepted in their order.
    const { socket, until } = await dial(http.url)
    socket.write(raw(http.url) + text)
    await until('"ok"')
    const begun = performance.now()
    await Promise.all([http.close(), spare.closed])
    expect(performance.now() - begun).toBeLessThan(700)
  })

  it('gives up waiting for a handler that never returns', async () => {
    const entered = signalled()
    const aborted = signalled<unknown>()
    const stuck = responder(async ({ signal }) => {
      entered.settle()
      signal.addEventListener('abort', () => aborted.settle(signal.reason))
      await new Promise(() => undefined)
      return {}
    })
    const http = await serve({ linger: 5 }, stuck)
    const { socket, heard, closed } = await dial(http.url)
    socket.write(raw(http.url) + text)
    await entered.promise
    await http.close()
    expect(await aborted.promise).toMatchObject({ name: 'ConnectionClosed' })
    await closed
    expect(heard()).toMatch(/^HTTP\/1\.1 503 /)
  })

  it('closes the connection after the answer to a request that came before', async () => {
    const entered = signalled()
    const hold = signalled()
    const http = await serve(
      { linger: 60_000 },
      responder(async () => (entered.settle(), await hold.promise, { late: true })),
    )
    const { socket, heard, closed } = await dial(http.url)
    socket.write(raw(http.url) + text)
    await entered.promise
    const closing = http.close()
    hold.settle()
    await closing
    await closed
    expect(heard()).toContain('"late":true')
  })
})
