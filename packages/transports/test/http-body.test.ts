import { afterEach, describe, expect, it } from 'vitest'
import { calling, faces, posting } from './http-faces.ts'
import type { Ask, Face } from './http-faces.ts'
import { responder, signalled } from './peers.ts'

const encoder = new TextEncoder()

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

async function* chunked(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield encoder.encode(part)
}

async function* endless(seen: { chunks: number }): AsyncGenerator<Uint8Array> {
  for (;;) {
    seen.chunks += 1
    yield new Uint8Array(65_536).fill(0x20)
  }
}

const good: (string | undefined)[] = [
  'application/json',
  'APPLICATION/JSON',
  'application/json;',
  'application/json ; charset=utf-8',
  'application/json;charset=UTF-8',
  'application/json; charset="utf-8"',
  'application/json; profile=x; charset=utf-8',
]

const bad: (string | undefined)[] = [
  undefined,
  '',
  ';',
  'text/plain',
  'text/plain;application/json',
  'text/plain; x=application/json',
  'text/plain, application/json',
  'application/json, text/plain',
  'application/json,application/json',
  'application/jsonp',
  'application/json-rpc',
  'application/json+x',
  'application/x-json',
  'application/ json',
  'application /json',
  'application/vnd.api+json',
  'application/problem+json',
  'application/json/x',
  'application',
  'json',
  '*/*',
  'application/*',
  'multipart/form-data; boundary=x',
  'multipart/form-data; boundary=application/json',
  'application/x-www-form-urlencoded',
  'text/json',
  'text/html',
  'application/octet-stream',
  'application/json; charset=utf-16',
  'application/json; charset=iso-8859-1',
  'application/json; charset=utf-8; charset=latin1',
  'application/json; charset',
  'application/json; =x',
  'application/json; a b=c',
  'application/json charset=utf-8',
  `application/json${'; '.repeat(3000)}=`,
]

describe.each(faces)('bodies, over $name', ({ open }) => {
  const opened: Face[] = []
  const server = responder(() => ({ ok: true }))
  const start: typeof open = async (responding, options) => {
    const face = await open(responding, options)
    opened.push(face)
    return face
  }
  const list = (headers?: Ask['headers']): Ask => calling('tools/list', {}, headers)

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((face) => face.close()))
  })

  it.each(good)('takes Content-Type %j', async (type) => {
    const face = await start(server)
    expect((await face.ask(list({ 'content-type': type }))).status).toBe(200)
  })

  it.each(bad)('H5: refuses Content-Type %j with 415 (SEC-WEB-2)', async (type) => {
    const face = await start(server)
    expect((await face.ask(list({ 'content-type': type }))).status).toBe(415)
  })

  it.each(['gzip', 'br', 'deflate', 'identity, gzip', 'x'])('refuses a body in %s with 415', async (encoding) => {
    const face = await start(server)
    expect((await face.ask(list({ 'content-encoding': encoding }))).status).toBe(415)
  })

  it.each([
    ['application/json, text/event-stream', 200],
    ['text/event-stream,application/json', 200],
    ['application/json;q=0.9, text/event-stream;q=0.1', 200],
    ['*/*', 200],
    ['application/*, text/*', 200],
    [undefined, 200],
    ['application/json', 406],
    ['text/event-stream', 406],
    ['text/html', 406],
    ['application/json, text/event-stream;q=0', 406],
    ['application/json, text/event-streams', 406],
    ['', 406],
  ])('H4: answers Accept %j with %i', async (accept, status) => {
    const face = await start(server)
    expect((await face.ask(list({ accept }))).status).toBe(status)
  })

  it('refuses a body that says it is too large, and reads nothing of it', async () => {
    const face = await start(server, { maxBody: 1000 })
    const ask = list()
    const { status, json } = await face.ask({ ...ask, body: `${ask.body as string}${' '.repeat(1000)}` })
    expect([status, json['error']]).toEqual([413, { code: -32600, message: 'The body is larger than 1000 bytes' }])
  })

  it('takes a body of just the limit, and not one of a byte more, in chunks', async () => {
    const text = list().body as string
    const face = await start(server, { maxBody: encoder.encode(text).length })
    expect((await face.ask({ ...list(), body: chunked(text.slice(0, 10), text.slice(10)) })).status).toBe(200)
    expect((await face.ask({ ...list(), body: chunked(text.slice(0, 10), text.slice(10), ' ') })).status).toBe(413)
  })

  it('stops reading a body that never ends', async () => {
    const face = await start(server, { maxBody: 100_000 })
    const seen = { chunks: 0 }
    expect((await face.ask({ ...list(), body: endless(seen) })).status).toBe(413)
  })

  it('refuses a body that takes too long with 408', async () => {
    const face = await start(server, { bodyTimeout: 20 })
    const hold = signalled()
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield encoder.encode('{')
      await hold.promise
    }
    expect((await face.ask({ ...list(), body: slow() })).status).toBe(408)
    hold.settle()
  })

  const broken: [string, string | Uint8Array, number][] = [
    ['nothing', '', -32700],
    ['no JSON', '{"jsonrpc":', -32700],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0xfe, 0x22), -32700],
    ['an overlong form', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), -32700],
    ['a byte order mark', '\ufeff{}', -32700],
    ['129 levels', nested(129), -32700],
    ['a million levels', nested(1_000_000), -32700],
    ['a string', '"x"', -32600],
    ['null', 'null', -32600],
    ['no version', '{"id":1,"method":"ping"}', -32600],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600],
    ['no method', '{"jsonrpc":"2.0","id":1}', -32600],
    ['a method that is none', '{"jsonrpc":"2.0","id":1,"method":1}', -32600],
    ['a null id', '{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600],
    ['a fractional id', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600],
    ['params that are a list', '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32602],
    ['a response with both', '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}', -32600],
  ]

  it.each(broken)('B3: answers %s with 400 and an error, and goes on serving', async (_, body, code) => {
    const face = await start(server)
    const { status, json } = await face.ask({ ...posting(''), body })
    expect([status, json['error']]).toEqual([400, expect.objectContaining({ code })])
    expect((await face.ask(list())).json['result']).toEqual({ ok: true })
  })

  it('B3: answers broken requests under their id, and broken responses under none', async () => {
    const face = await start(server)
    expect((await face.ask(posting('{"jsonrpc":"1.0","id":"a","method":"ping"}'))).json['id']).toBe('a')
    expect((await face.ask(posting('{"jsonrpc":"2.0","id":"a","result":1}'))).json).not.toHaveProperty('id')
  })

  it('takes the depth that it is told to', async () => {
    const face = await start(server, { depth: 10 })
    expect((await face.ask(calling('tools/list', { deep: JSON.parse(nested(7)) as unknown }))).status).toBe(200)
    const { status, json } = await face.ask(calling('tools/list', { deep: JSON.parse(nested(20)) as unknown }))
    expect([status, json['error']]).toEqual([400, expect.objectContaining({ code: -32700 })])
  })

  it('answers with 429 beyond the requests that it serves at once, and serves again when one is done', async () => {
    const hold = signalled()
    const entered = signalled()
    const slow = responder(async () => {
      entered.settle()
      await hold.promise
      return {}
    })
    const face = await start(slow, { maxInFlight: 1 })
    const first = face.ask(list())
    await entered.promise
    const { status, header } = await face.ask(list())
    expect([status, header('retry-after')]).toEqual([429, '1'])
    hold.settle()
    expect((await first).status).toBe(200)
    expect((await face.ask(list())).status).toBe(200)
  })

  it('counts each verified principal on its own', async () => {
    const hold = signalled()
    let inside = 0
    const both = signalled()
    const slow = responder(async () => {
      inside += 1
      if (inside === 2) both.settle()
      await hold.promise
      return {}
    })
    const face = await start(slow, {
      maxInFlightPerPrincipal: 1,
      authorize: async (head) => ({ issuer: 'i', subject: head.header('authorization') ?? '', scopes: [] }),
    })
    const running = [face.ask(list({ authorization: 'a' })), face.ask(list({ authorization: 'b' }))]
    await both.promise
    expect((await face.ask(list({ authorization: 'a' }))).status).toBe(429)
    hold.settle()
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200])
  })
})
