import { ConnectionClosed, HttpFailure, InvalidResult } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { http } from '../src/http/client.ts'
import { failureOf, Hearer, modern } from './http-client-fakes.ts'
import { answered, eventStream, faces, flood, gate, jsonBody, listen, result } from './http-client-far.ts'

describe.each(faces)('over real sockets, by %s', (_face, options) => {
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
    await using link = await http(far.url, options).dial(new Hearer())
    expect(await link.request('tools/list', modern())).toEqual({ text: 'Grüße 😀' })
  })

  it('uses one connection for one request after another, whatever the reply', async () => {
    await using far = await listen(
      answered(({ id }, response) => {
        if (id === undefined) response.writeHead(202).end()
        else if (Number(id) % 2 === 0) response.writeHead(200, jsonBody).end(result(id))
        else response.writeHead(200, eventStream).end(`data: ${result(id)}\n\n`)
      }),
    )
    await using link = await http(far.url, options).dial(new Hearer())
    for (let count = 0; count < 10; count += 1) {
      await link.request('tools/list', modern())
      await link.notify('vendor/hello')
      // The end of a stream arrives after its last event.
      await new Promise(setImmediate)
    }
    expect(far.connections()).toBeLessThan(4)
  })

  it.each([true, false])('H13: the server sees a request go that was given up (head sent: %s)', async (headSent) => {
    const { open: gone, opened: left } = gate()
    const { open: here, opened: arrived } = gate()
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
    await using link = await http(far.url, options).dial(new Hearer())
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
    await using link = await http(far.url, options).dial(new Hearer())
    expect(await failureOf(link.request('tools/call', modern({ name: 'x' })))).toBeInstanceOf(ConnectionClosed)
  })

  it('a server that is not there is ConnectionClosed, with its cause', async () => {
    const far = await listen(() => undefined)
    await far[Symbol.asyncDispose]()
    await using link = await http(far.url, options).dial(new Hearer())
    const error = await failureOf(link.request('tools/list', modern()))
    expect(error).toBeInstanceOf(ConnectionClosed)
    expect(error).toMatchObject({ cause: expect.any(Error) as Error })
    expect(http(far.url).verdict(error)).toBe('none')
  })

  it('T36: a redirect to another port is not followed, and nothing arrives there', async () => {
    let arrived = 0
    await using other = await listen((_request, response) => {
      arrived += 1
      response.end()
    })
    await using far = await listen((_request, response) => response.writeHead(307, { location: other.url }).end())
    await using link = await http(far.url, { ...options, headers: { authorization: 'Bearer secret' } }).dial(
      new Hearer(),
    )
    expect(await failureOf(link.request('tools/list', modern()))).toBeInstanceOf(HttpFailure)
    expect(arrived).toBe(0)
  })

  it('H10: a header with everything in it arrives as one header', async () => {
    const seen: (string | undefined)[] = []
    await using far = await listen((request, response) => {
      seen.push(request.headers['mcp-name']?.toString())
      answered(({ id }) => response.writeHead(200, jsonBody).end(result(id)))(request, response)
    })
    await using link = await http(far.url, options).dial(new Hearer())
    await link.request('tools/call', modern({ name: 'a\r\nx-evil: 1\u0000é' }))
    expect(seen).toEqual([`=?base64?${Buffer.from('a\r\nx-evil: 1\u0000é').toString('base64')}?=`])
  })

  it('H13: the server sees a request go that was given up in the middle of its answer', async () => {
    const { open: gone, opened: left } = gate()
    const { open: here, opened: arrived } = gate()
    await using far = await listen(
      answered(({ id }, response) => {
        response.on('close', gone)
        response.writeHead(200, jsonBody)
        response.write(result(id).slice(0, 20), here)
      }),
    )
    await using link = await http(far.url, options).dial(new Hearer())
    const abort = new AbortController()
    const given = failureOf(link.request('tools/call', modern({ name: 'x' }), { signal: abort.signal }))
    await arrived
    abort.abort()
    expect(await given).toMatchObject({ name: 'AbortError' })
    await left
  })

  it.each([
    ['an answer', 200, jsonBody, '"'.padEnd(10_000, 'x'), InvalidResult],
    ['an event', 200, eventStream, 'data: '.padEnd(10_000, 'x'), InvalidResult],
    ['a refusal', 500, jsonBody, 'no'.padEnd(10_000, ' '), HttpFailure],
    ['a body that nobody reads', 202, jsonBody, ' '.repeat(10_000), undefined],
  ])('6.7: %s without end is cut', async (what, status, headers, text, expected) => {
    const { open: gone, opened: left } = gate()
    await using far = await listen(
      answered((_body, response) => {
        response.on('close', gone)
        response.writeHead(status, headers)
        flood(response, text)
      }),
    )
    await using link = await http(far.url, { ...options, maxMessage: 100_000 }).dial(new Hearer())
    const isNotified = what.startsWith('a body')
    const failure = await failureOf(isNotified ? link.notify('vendor/hello') : link.request('tools/list', modern()))
    if (expected === undefined) expect(failure).toBeUndefined()
    else expect(failure).toBeInstanceOf(expected)
    await left
  })

  it('6.7: headers without end are ConnectionClosed', async () => {
    await using far = await listen((_request, response) => {
      response.writeHead(200, { ...jsonBody, 'x-large': 'x'.repeat(100_000) }).end()
    })
    await using link = await http(far.url, options).dial(new Hearer())
    expect(await failureOf(link.request('tools/list', modern()))).toBeInstanceOf(ConnectionClosed)
  })

  it('T36: a redirect within the origin is followed with everything', async () => {
    const seen: unknown[] = []
    await using far = await listen(
      answered(({ id, method }, response, { url, headers }) => {
        seen.push([url, method, headers.authorization])
        if (url === '/mcp') response.writeHead(308, { location: '/there?a=b' }).end('elsewhere')
        else response.writeHead(200, jsonBody).end(result(id, { there: true }))
      }),
    )
    await using link = await http(far.url, { ...options, headers: { Authorization: 'Bearer secret' } }).dial(
      new Hearer(),
    )
    expect(await link.request('tools/list', modern())).toEqual({ there: true })
    expect(seen).toEqual([
      ['/mcp', 'tools/list', 'Bearer secret'],
      ['/there?a=b', 'tools/list', 'Bearer secret'],
    ])
  })

  it('sends a header in Latin-1 and a body in UTF-8', async () => {
    await using far = await listen(
      answered(({ id, params }, response, { headers }) => {
        const { name } = params as JsonObject
        response.writeHead(200, jsonBody).end(result(id, { name, header: headers['x-name'] }))
      }),
    )
    await using link = await http(far.url, { ...options, headers: { 'X-Name': 'Zoë' } }).dial(new Hearer())
    const { name, header } = await link.request('prompts/get', modern({ name: 'Grüße 😀' }))
    expect([name, header]).toEqual(['Grüße 😀', 'Zoë'])
  })

  it('reads a large answer whole', async () => {
    const text = 'é'.repeat(1_000_000)
    await using far = await listen(
      answered(({ id }, response) => response.writeHead(200, jsonBody).end(result(id, { text }))),
    )
    await using link = await http(far.url, options).dial(new Hearer())
    expect(await link.request('tools/list', modern())).toEqual({ text })
  })

  it('G1, G4, G5: opens a legacy session, listens, and ends it', async () => {
    const seen: unknown[] = []
    const version = '2025-11-25'
    await using far = await listen(
      answered(({ id, method }, response, { method: verb, headers }) => {
        seen.push([verb, method, headers['mcp-session-id']])
        if (method === 'initialize') {
          response.writeHead(200, { ...jsonBody, 'Mcp-Session-Id': 'one' })
          response.end(result(id, { protocolVersion: version, capabilities: {}, serverInfo: {} }))
        } else if (verb === 'GET') response.writeHead(200, eventStream).write(':\n\n')
        else if (id === undefined) response.writeHead(202).end()
        else response.writeHead(200, eventStream).end(`data: ${result(id, { ok: true })}\n\n`)
      }),
    )
    const link = await http(far.url, options).dial(new Hearer())
    await link.request('initialize', { protocolVersion: version, capabilities: {}, clientInfo: {} })
    await link.notify('notifications/initialized')
    expect(await link.request('tools/list', {})).toEqual({ ok: true })
    await link[Symbol.asyncDispose]()
    expect(seen).toEqual([
      ['POST', 'initialize', undefined],
      ['POST', 'notifications/initialized', 'one'],
      ['GET', undefined, 'one'],
      ['POST', 'tools/list', 'one'],
      ['DELETE', undefined, 'one'],
    ])
  })
})
