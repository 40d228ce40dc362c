import { ConnectionClosed, HttpFailure } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { http } from '../src/http/client.ts'
import { failureOf, Hearer, modern } from './http-client-fakes.ts'

type Far = AsyncDisposable & { url: string; connections: () => number }

/** A raw server on a port of its own. */
const listen = async (listener: RequestListener): Promise<Far> => {
  let connections = 0
  const server = createServer(listener)
  server.on('connection', () => (connections += 1))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    connections: () => connections,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const bodyOf = async (request: IncomingMessage): Promise<JsonObject> => {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? {} : (JSON.parse(text) as JsonObject)
}

const result = (id: unknown, rest: JsonObject = {}): string => JSON.stringify({ jsonrpc: '2.0', id, result: rest })

const answered = (run: (body: JsonObject, response: ServerResponse) => unknown): RequestListener => {
  return (request, response) => {
    const play = async (): Promise<void> => {
      await run(await bodyOf(request), response)
    }
    play().catch(() => response.destroy())
  }
}

const eventStream = { 'content-type': 'text/event-stream; charset=utf-8' }

describe('over real sockets', () => {
  it('reads an event that comes in pieces, inside a character, with every kind of line end', async () => {
    await using far = await listen(
      answered(async ({ id }, response) => {
        response.writeHead(200, eventStream)
        const bytes = Buffer.from(`:\r\n\r\nevent: message\rid: 1\r\ndata: ${result(id, { text: 'Grüße 😀' })}\n\n`)
        for (const byte of bytes) {
          response.write(Buffer.from([byte]))
          await new Promise(setImmediate)
        }
        response.end()
      }),
    )
    await using link = await http(far.url).dial(new Hearer())
    expect(await link.request('tools/list', modern())).toEqual({ text: 'Grüße 😀' })
  })

  it('uses one connection for one request after another, whatever the reply', async () => {
    await using far = await listen(
      answered(({ id }, response) => {
        if (id === undefined) response.writeHead(202).end()
        else if (Number(id) % 2 === 0) response.writeHead(200, { 'content-type': 'application/json' }).end(result(id))
        else response.writeHead(200, eventStream).end(`data: ${result(id)}\n\n`)
      }),
    )
    await using link = await http(far.url).dial(new Hearer())
    for (let count = 0; count < 10; count += 1) {
      await link.request('tools/list', modern())
      await link.notify('vendor/hello')
      // The end of a stream arrives after its last event.
      await new Promise(setImmediate)
    }
    expect(far.connections()).toBeLessThan(4)
  })

  it.each([true, false])('H13: the server sees a request go that was given up (head sent: %s)', async (headSent) => {
    let gone: () => void = () => undefined
    let here: () => void = () => undefined
    const left = new Promise<void>((resolve) => (gone = resolve))
    const arrived = new Promise<void>((resolve) => (here = resolve))
    await using far = await listen(
      answered((_body, response) => {
        response.on('close', gone)
        if (headSent) {
          response.writeHead(200, eventStream)
          response.write(':\n\n')
        }
        here()
      }),
    )
    await using link = await http(far.url).dial(new Hearer())
    const abort = new AbortController()
    const given = failureOf(link.request('tools/call', modern({ name: 'x' }), { signal: abort.signal }))
    await arrived
    abort.abort()
    expect(await given).toMatchObject({ name: 'AbortError' })
    await left
  })

  it('H14: a connection that is cut in the middle loses the request', async () => {
    await using far = await listen(
      answered((_body, response) => {
        response.writeHead(200, eventStream)
        response.write('data: {"jsonrpc"', () => response.destroy())
      }),
    )
    await using link = await http(far.url).dial(new Hearer())
    expect(await failureOf(link.request('tools/call', modern({ name: 'x' })))).toBeInstanceOf(ConnectionClosed)
  })

  it('a server that is not there is ConnectionClosed, with its cause', async () => {
    const far = await listen(() => undefined)
    await far[Symbol.asyncDispose]()
    await using link = await http(far.url).dial(new Hearer())
    const error = await failureOf(link.request('tools/list', modern()))
    expect(error).toBeInstanceOf(ConnectionClosed)
    expect(error).toMatchObject({ cause: expect.any(TypeError) as TypeError })
    expect(http(far.url).verdict(error)).toBe('none')
  })

  it('T36: a redirect to another port is not followed, and nothing arrives there', async () => {
    let arrived = 0
    await using other = await listen((_request, response) => {
      arrived += 1
      response.end()
    })
    await using far = await listen((_request, response) => response.writeHead(307, { location: other.url }).end())
    await using link = await http(far.url, { headers: { authorization: 'Bearer secret' } }).dial(new Hearer())
    expect(await failureOf(link.request('tools/list', modern()))).toBeInstanceOf(HttpFailure)
    expect(arrived).toBe(0)
  })

  it('H10: a header with everything in it arrives as one header', async () => {
    const seen: (string | undefined)[] = []
    await using far = await listen((request, response) => {
      seen.push(request.headers['mcp-name']?.toString())
      answered(({ id }) => response.writeHead(200, { 'content-type': 'application/json' }).end(result(id)))(
        request,
        response,
      )
    })
    await using link = await http(far.url).dial(new Hearer())
    await link.request('tools/call', modern({ name: 'a\r\nx-evil: 1\u0000é' }))
    expect(seen).toEqual([`=?base64?${Buffer.from('a\r\nx-evil: 1\u0000é').toString('base64')}?=`])
  })
})
