import { ConnectionClosed, HttpFailure } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { Abort } from '../src/http/abort.ts'
import type { Outgoing } from '../src/http/carrier.ts'
import { http } from '../src/http/client.ts'
import { carrier } from '../src/http/node-carrier.ts'
import { failureOf, Hearer, modern } from './http-client-fakes.ts'
import { answered, eventStream, gate, jsonBody, listen, result } from './http-client-far.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const ok = ({ id }: JsonObject, response: ServerResponse): unknown =>
  response.writeHead(200, jsonBody).end(result(id, { ok: true }))

const asking = (url: string, method: Outgoing['method'] = 'GET'): Outgoing => ({
  method,
  url: new URL(url),
  headers: new Map(),
  abort: new Abort(),
})

describe('a connection', () => {
  it('is used for one request after another', async () => {
    await using far = await listen(
      answered((body, response) => {
        if (body['method'] === 'tools/list') return ok(body, response)
        return response.writeHead(200, eventStream).end(`data: ${result(body['id'], { ok: true })}\n\n`)
      }),
    )
    await using link = await http(far.url).dial(new Hearer())
    for (let count = 0; count < 10; count += 1) {
      await link.request(count % 2 === 0 ? 'tools/list' : 'tools/call', modern({ name: 'x' }))
      await turn()
    }
    expect(far.connections()).toBe(1)
  })

  it('that the server has closed meanwhile is replaced', async () => {
    await using far = await listen(answered(ok))
    await using link = await http(far.url).dial(new Hearer())
    await link.request('tools/list', modern())
    const { open: gone, opened: closed } = gate()
    far.sockets[0]?.on('close', gone)
    far.sockets[0]?.end()
    await closed
    expect(await link.request('tools/list', modern())).toEqual({ ok: true })
    expect(far.connections()).toBe(2)
  })

  it('H14: that is closed at the very moment loses its POST, which is never sent twice', async () => {
    const seen: unknown[] = []
    await using far = await listen(
      answered((body, response, request) => {
        seen.push(body['method'])
        if (body['method'] === 'tools/call') request.socket.destroy()
        else ok(body, response)
      }),
    )
    await using link = await http(far.url).dial(new Hearer())
    await link.request('tools/list', modern())
    await turn()
    const failure = await failureOf(link.request('tools/call', modern({ name: 'x' })))
    expect(failure).toBeInstanceOf(ConnectionClosed)
    expect(failure).toMatchObject({ cause: { code: 'ECONNRESET' } })
    expect(seen).toEqual(['tools/list', 'tools/call'])
    expect(far.connections()).toBe(1)
  })

  it.each(['GET', 'DELETE'] as const)('that is closed at the very moment has its %s sent once more', async (method) => {
    let count = 0
    await using far = await listen((request, response) => {
      count += 1
      if (count === 2) request.socket.destroy()
      else response.writeHead(204).end()
    })
    const own = carrier()
    const first = await own.send(asking(far.url))
    first.discard()
    await turn()
    const second = await own.send(asking(far.url, method))
    expect(second.status).toBe(204)
    expect([count, far.connections()]).toEqual([3, 2])
    own.close()
  })

  it('that is new and is closed at once has nothing sent again', async () => {
    let count = 0
    await using far = await listen((request) => {
      count += 1
      request.socket.destroy()
    })
    const own = carrier()
    expect(await failureOf(own.send(asking(far.url)))).toBeInstanceOf(ConnectionClosed)
    expect(count).toBe(1)
  })

  it.each([
    ['a moment', 900, ConnectionClosed],
    ['a second', 1100, undefined],
  ])('that was idle for %s, and was closed unseen', async (_for, idle, expected) => {
    await using far = await listen(answered(ok))
    await using link = await http(far.url).dial(new Hearer())
    await link.request('tools/list', modern())
    await turn()
    const now = performance.now()
    vi.spyOn(performance, 'now').mockImplementation(() => now + idle)
    // In one turn, as when the loop was busy: the system knows of it, and nobody has asked.
    far.sockets[0]?.destroy()
    const failure = await failureOf(link.request('tools/list', modern()))
    if (expected === undefined) expect(failure).toBeUndefined()
    else expect(failure).toBeInstanceOf(expected)
  })

  it('keeps no process alive while it is idle, and is closed with the client', async () => {
    const { open: gone, opened: closed } = gate()
    await using far = await listen(answered(ok))
    const alive = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
    const link = await http(far.url).dial(new Hearer())
    // What other tests have left.
    while (alive() > 0) await turn()
    await link.request('tools/list', modern())
    far.sockets[0]?.on('close', gone)
    await turn()
    // The server's end is in this process, too, and would keep it alive.
    far.sockets[0]?.unref()
    expect(alive()).toBe(0)
    const began = performance.now()
    await link[Symbol.asyncDispose]()
    await closed
    // Sooner than it would close for being idle.
    expect(performance.now() - began).toBeLessThan(2000)
  })

  it('is not opened by a client that was closed', async () => {
    await using far = await listen(answered(ok))
    const own = carrier()
    const first = await own.send(asking(far.url))
    first.discard()
    own.close()
    expect(await failureOf(own.send(asking(far.url)))).toBeInstanceOf(ConnectionClosed)
    expect(far.connections()).toBe(1)
  })

  it('is opened only for what was not given up', async () => {
    await using far = await listen(answered(ok))
    const own = carrier()
    const outgoing = asking(far.url)
    outgoing.abort.abort('enough')
    expect(await failureOf(own.send(outgoing))).toBe('enough')
    expect(far.connections()).toBe(0)
  })
})

describe('a request', () => {
  const headersOf = async (headers: Record<string, string>): Promise<JsonObject> => {
    await using far = await listen(
      answered(({ id }, response, request) =>
        response.writeHead(200, jsonBody).end(result(id, { ...request.headers })),
      ),
    )
    await using link = await http(far.url, { headers }).dial(new Hearer())
    return await link.request('tools/list', modern())
  }

  it('says who asks, and wants nothing compressed', async () => {
    expect(await headersOf({})).toMatchObject({
      'user-agent': 'node',
      'accept-encoding': 'identity',
      connection: 'keep-alive',
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
    })
  })

  it('has one of each header, by the words of the user where there are such', async () => {
    const headers = await headersOf({ 'User-Agent': 'mine/1', Host: 'example.com', 'Accept-Encoding': 'identity;q=1' })
    expect(headers).toMatchObject({ 'user-agent': 'mine/1', host: 'example.com', 'accept-encoding': 'identity;q=1' })
  })

  it('has its own words for where it ends', async () => {
    const headers = await headersOf({ 'Content-Length': '1', 'Transfer-Encoding': 'chunked', Connection: 'close' })
    expect(headers).toMatchObject({ connection: 'keep-alive' })
    expect(headers).not.toHaveProperty('transfer-encoding')
    expect(Number(headers['content-length'])).toBeGreaterThan(100)
  })

  it('fails with a header that cannot be sent', async () => {
    const own = carrier()
    const outgoing = { ...asking('http://localhost:1/'), headers: new Map([['x-a', 'a\r\nb']]) }
    expect(await failureOf(own.send(outgoing))).toBeInstanceOf(TypeError)
  })
})

describe('an answer', () => {
  it('that is compressed for all that is refused', async () => {
    const { open: gone, opened: closed } = gate()
    await using far = await listen(
      answered(({ id }, response) => {
        response.on('close', gone)
        response.writeHead(200, { ...jsonBody, 'content-encoding': 'gzip' }).end(gzipSync(result(id)))
      }),
    )
    await using link = await http(far.url).dial(new Hearer())
    const failure = await failureOf(link.request('tools/list', modern()))
    expect(failure).toBeInstanceOf(HttpFailure)
    expect(String(failure)).toContain('"gzip"')
    await closed
  })

  it('has its headers by lower-case name, repeated ones in one', async () => {
    await using far = await listen((_request, response) => {
      response.writeHead(200, ['X-One', 'a', 'x-two', 'b', 'X-ONE', 'c']).end()
    })
    const own = carrier()
    const answer = await own.send(asking(far.url))
    expect([answer.header('x-one'), answer.header('x-two'), answer.header('x-three')]).toEqual(['a, c', 'b', null])
    expect(answer.headers().get('x-one')).toBe('a, c')
    answer.cut()
    own.close()
  })

  it('that was cut before it is read is ConnectionClosed', async () => {
    await using far = await listen((_request, response) => void response.writeHead(200, eventStream).write(':\n\n'))
    const own = carrier()
    const answer = await own.send(asking(far.url))
    answer.cut()
    expect(await failureOf(answer.read(() => false))).toBeInstanceOf(ConnectionClosed)
    own.close()
  })

  it('hands on nothing more once there is enough, or its taker fails', async () => {
    await using far = await listen((_request, response) => {
      // Both chunks arrive at once.
      response.writeHead(200, eventStream)
      response.cork()
      response.write('one')
      response.write('two')
      response.end()
    })
    const own = carrier()
    for (const [take, expected] of [
      [(): boolean => true, undefined],
      [
        (): boolean => {
          throw new Error('mine')
        },
        'mine',
      ],
    ] as const) {
      const answer = await own.send(asking(far.url))
      const taken = vi.fn(take)
      expect(await failureOf(answer.read(taken))).toEqual(expected && new Error(expected))
      await turn()
      expect(taken).toHaveBeenCalledTimes(1)
      answer.discard()
    }
    own.close()
  })
})

it('reaches no server over https: whose certificate nobody trusts', async () => {
  const server = createServer({}, () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    await using link = await http(`https://127.0.0.1:${port}/mcp`).dial(new Hearer())
    expect(await failureOf(link.request('tools/list', modern()))).toBeInstanceOf(ConnectionClosed)
  } finally {
    server.close()
  }
})
