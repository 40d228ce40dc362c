import { headerMismatch, invalidParams, methodNotFound, missingCapability, RpcError } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { errorObject, failure, success } from '@parley/protocol'
import type { Exchange, Mirrored, Responder } from '@parley/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { calling, envelope, faces, posting, version } from './http-faces.ts'
import type { Ask, Face } from './http-faces.ts'
import { signalled } from './peers.ts'

type Handle = (exchange: Exchange) => JsonObject | Promise<JsonObject>

/** A responder that answers with its errors as they are, and mirrors what it is told to. */
const serverOf = (handle: Handle, mirrored: readonly Mirrored[] = []): Responder & { heard: string[] } => {
  const heard: string[] = []
  return {
    heard,
    respond: async (exchange) => {
      const { id } = exchange.request
      try {
        return success(id, await handle(exchange))
      } catch (error) {
        return failure(id, errorObject(error instanceof RpcError ? error : new RpcError(-32603, 'Internal error')))
      }
    },
    hear: ({ method }) => heard.push(method),
    mirrored: (method) => (method === 'tools/call' ? mirrored : []),
  }
}

const throws = (error: RpcError) => (): never => {
  throw error
}

describe.each(faces)('the modern era, over $name', ({ open }) => {
  const opened: Face[] = []
  const start: typeof open = async (server, options) => {
    const face = await open(server, options)
    opened.push(face)
    return face
  }
  const echo = (): Promise<Face> => start(serverOf(() => ({ ok: true })))

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((face) => face.close()))
  })

  it('H6: answers a request with one JSON object', async () => {
    const face = await echo()
    const { status, header, text } = await face.ask(calling('tools/list', {}, {}, 'seven'))
    expect(status).toBe(200)
    expect(header('content-type')).toBe('application/json')
    expect(text).toBe('{"jsonrpc":"2.0","id":"seven","result":{"ok":true}}')
  })

  it('H3: serves any number of requests that share an id (SEC-ISO-2)', async () => {
    const face = await start(serverOf(({ request }) => ({ echo: request.params?.['n'] })))
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => face.ask(calling('tools/list', { n }))))
    expect(answers.map(({ json }) => json['result'])).toEqual(Array.from({ length: 50 }, (_, n) => ({ echo: n })))
  })

  it.each([0, 1, '1', '', -5, 9007199254740991])('B1: echoes the id %j with its type', async (id) => {
    const face = await echo()
    expect((await face.ask(calling('tools/list', {}, {}, id))).json['id']).toBe(id)
  })

  it('answers with an internal error where a responder breaks its promise and rejects', async () => {
    const responder: Responder = { respond: () => Promise.reject(new Error('not for you')), hear: () => undefined }
    const face = await start(responder)
    const { status, json } = await face.ask(calling('tools/list'))
    expect(status).toBe(200)
    expect(json).toEqual({ jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'Internal error' } })
  })

  it('remembers nothing: an exchange has no session, and cannot ask', async () => {
    const face = await start(
      serverOf(({ session, ask }) => ({ session: session === undefined, ask: ask === undefined })),
    )
    const { json, header } = await face.ask(calling('tools/list', {}, { 'mcp-session-id': 'made-up' }))
    expect(json['result']).toEqual({ session: true, ask: true })
    expect(header('mcp-session-id')).toBeUndefined()
  })

  describe('status and error', () => {
    it.each([
      ['an unknown method', methodNotFound('x/y'), 404, -32601],
      ['a missing capability', missingCapability({ sampling: {} }), 400, -32021],
      ['wrong params', invalidParams('no'), 200, -32602],
      ['a failure', new RpcError(-32603, 'Internal error'), 200, -32603],
      ['a code of its own', new RpcError(7, 'seven'), 200, 7],
      ['a header mismatch', headerMismatch('late'), 400, -32020],
    ])('H11: answers %s as the tables say', async (_, error, status, code) => {
      const face = await start(serverOf(throws(error)))
      const answer = await face.ask(calling('tools/list', {}, {}, 9))
      expect([answer.status, answer.json['id'], answer.json['error']]).toEqual([
        status,
        9,
        expect.objectContaining({ code }),
      ])
    })

    it.each([
      ['no envelope at all', {}, {}],
      ['no version in it', { 'io.modelcontextprotocol/clientCapabilities': {} }, {}],
      ['no capabilities in it', { 'io.modelcontextprotocol/protocolVersion': version }, {}],
      ['capabilities that are none', envelope({ 'io.modelcontextprotocol/clientCapabilities': 1 }), {}],
      ['a client without a name', envelope({ 'io.modelcontextprotocol/clientInfo': {} }), {}],
      ['an unknown log level', envelope({ 'io.modelcontextprotocol/logLevel': 'loud' }), {}],
      ['a version that is no string', envelope({ 'io.modelcontextprotocol/protocolVersion': 1 }), {}],
      [
        'wrong capabilities and wrong headers',
        { 'io.modelcontextprotocol/protocolVersion': version },
        { 'mcp-method': 'x' },
      ],
    ])('B9: answers %s with 400 and -32602', async (_, meta, headers) => {
      const face = await echo()
      const { status, json } = await face.ask(calling('tools/list', { _meta: meta }, headers, 'a'))
      expect([status, json['id'], json['error']]).toEqual([400, 'a', expect.objectContaining({ code: -32602 })])
    })

    it('serves a request without a word on who the client is', async () => {
      const face = await echo()
      expect((await face.ask(calling('tools/list'))).status).toBe(200)
    })

    const unknown = { 'io.modelcontextprotocol/protocolVersion': '2099-01-01' }

    it.each([
      ['alone', unknown, {}],
      ['with wrong Mcp headers', envelope(unknown), { 'mcp-method': 'other' }],
      ['with no capabilities', unknown, { 'mcp-method': undefined }],
    ])('V1: answers a version that it does not speak, %s, with 400 and -32022', async (_, meta, headers) => {
      const face = await echo()
      const ask = calling('tools/list', { _meta: meta }, { 'mcp-protocol-version': '2099-01-01', ...headers })
      const { status, json } = await face.ask(ask)
      expect([status, json['error']]).toEqual([
        400,
        expect.objectContaining({ code: -32022, data: { requested: '2099-01-01', supported: [version] } }),
      ])
    })

    it('V1: does not take a legacy version in an envelope', async () => {
      const face = await echo()
      const meta = envelope({ 'io.modelcontextprotocol/protocolVersion': '2025-11-25' })
      const { json } = await face.ask(calling('tools/list', { _meta: meta }, { 'mcp-protocol-version': '2025-11-25' }))
      expect(json['error']).toMatchObject({ code: -32022 })
    })
  })

  describe('headers', () => {
    const failsWith = async (face: Face, ask: Ask): Promise<void> => {
      const { status, json } = await face.ask(ask)
      expect([status, json['id'], json['error']]).toEqual([400, 1, expect.objectContaining({ code: -32020 })])
    }

    it.each([
      ['no version', { 'mcp-protocol-version': undefined }],
      ['a legacy version', { 'mcp-protocol-version': '2025-11-25' }],
      ['an unknown version', { 'mcp-protocol-version': '2099-01-01' }],
      ['an empty version', { 'mcp-protocol-version': '' }],
      ['two versions', { 'mcp-protocol-version': [version, version] }],
      ['no method', { 'mcp-method': undefined }],
      ['another method', { 'mcp-method': 'tools/list' }],
      ['the method in another case', { 'mcp-method': 'TOOLS/CALL' }],
      ['the method encoded', { 'mcp-method': '=?base64?dG9vbHMvY2FsbA==?=' }],
      ['two methods', { 'mcp-method': ['tools/call', 'tools/call'] }],
      ['a list of methods', { 'mcp-method': 'tools/call, tools/list' }],
      ['no name', { 'mcp-name': undefined }],
      ['another name', { 'mcp-name': 'subtract' }],
      ['the name in another case', { 'mcp-name': 'Add' }],
      ['two names', { 'mcp-name': ['add', 'add'] }],
      ['an empty name', { 'mcp-name': '' }],
      ['bad padding', { 'mcp-name': '=?base64?YWRk=?=' }],
      ['foreign characters in base64', { 'mcp-name': '=?base64?YW!k?=' }],
      ['stray bits in base64', { 'mcp-name': '=?base64?YWR=?=' }],
      ['base64 of no UTF-8', { 'mcp-name': '=?base64?//8=?=' }],
      ['upper-case markers', { 'mcp-name': '=?BASE64?YWRk?=' }],
      ['characters beyond ASCII', { 'mcp-name': 'ädd' }],
      ['a name of 5,000 characters', { 'mcp-name': 'a'.repeat(5000) }],
    ])('H9: refuses a request with %s', async (_, headers: Ask['headers']) => {
      await failsWith(await echo(), calling('tools/call', { name: 'add' }, headers))
    })

    it.each([
      ['as it is', { 'mcp-name': 'add' }],
      ['with spaces around it', { 'mcp-name': '  add ' }],
      ['encoded', { 'mcp-name': '=?base64?YWRk?=' }],
      ['under a header in capitals', { 'mcp-name': undefined, 'MCP-NAME': 'add' }],
    ])('H10: takes a name %s', async (_, headers: Ask['headers']) => {
      const face = await echo()
      expect((await face.ask(calling('tools/call', { name: 'add' }, headers))).status).toBe(200)
    })

    it.each([
      ['prompts/get', { name: 'p' }],
      ['resources/read', { uri: 'file:///a%20b, c' }],
      ['tasks/get', { taskId: 't' }],
    ])('H8: wants the name of %s', async (method, params) => {
      const face = await echo()
      expect((await face.ask(calling(method, params))).status).toBe(200)
      await failsWith(face, calling(method, params, { 'mcp-name': undefined }))
    })

    it('H9: wants no name where there is none, and leaves a missing one to the method', async () => {
      const face = await start(serverOf(throws(invalidParams('name is required'))))
      expect((await face.ask(calling('tools/call', {}))).json['error']).toMatchObject({ code: -32602 })
      await failsWith(face, calling('tools/call', {}, { 'mcp-name': 'add' }))
    })

    describe('of arguments', () => {
      const mirrored: Mirrored[] = [
        { header: 'Mcp-Param-Region', path: ['arguments', 'region'] },
        { header: 'Mcp-Param-Size', path: ['arguments', 'box', 'size'] },
        { header: 'Mcp-Param-Dry', path: ['arguments', 'dry'] },
      ]
      const call = (args: JsonObject, headers: Ask['headers']): Ask =>
        calling('tools/call', { name: 't', arguments: args }, headers)

      it.each<[string, JsonObject, Ask['headers']]>([
        ['a string', { region: 'us-west1' }, { 'mcp-param-region': 'us-west1' }],
        ['an encoded string', { region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVsbG8=?=' }],
        ['text beyond ASCII', { region: 'Hello, 世界' }, { 'mcp-param-region': '=?base64?SGVsbG8sIOS4lueVjA==?=' }],
        ['something that only looks encoded', { region: 'SGVsbG8=' }, { 'mcp-param-region': 'SGVsbG8=' }],
        ['half a marker', { region: '=?base64?SGVsbG8=' }, { 'mcp-param-region': '=?base64?SGVsbG8=' }],
        ['the empty string', { region: '' }, { 'mcp-param-region': '' }],
        ['a number', { box: { size: 42 } }, { 'mcp-param-size': '42' }],
        ['the same number written otherwise', { box: { size: 42 } }, { 'mcp-param-size': '42.0' }],
        ['a number with an exponent', { box: { size: 4200 } }, { 'mcp-param-size': '0042.00e+2' }],
        ['a negative number', { box: { size: -7 } }, { 'mcp-param-size': '-7' }],
        ['zero with a sign', { box: { size: 0 } }, { 'mcp-param-size': '-0' }],
        ['a fraction', { box: { size: 1e-7 } }, { 'mcp-param-size': '0.0000001' }],
        ['the largest integer', { box: { size: 2 ** 53 - 1 } }, { 'mcp-param-size': '9007199254740991' }],
        ['a boolean', { dry: false }, { 'mcp-param-dry': 'false' }],
        ['null', { region: null }, {}],
        ['nothing', {}, {}],
        ['an unknown header', {}, { 'mcp-param-other': 'x' }],
      ])('X4: takes %s', async (_, args, headers) => {
        const face = await start(serverOf(() => ({}), mirrored))
        expect((await face.ask(call(args, headers))).status).toBe(200)
      })

      it.each<[string, JsonObject, Ask['headers']]>([
        ['no header for a value', { region: 'us-west1' }, {}],
        ['no header for an empty value', { region: '' }, {}],
        ['no header for false', { dry: false }, {}],
        ['no header for zero', { box: { size: 0 } }, {}],
        ['another value', { region: 'us-west1' }, { 'mcp-param-region': 'us-east1' }],
        ['bad padding', { region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVsbG8?=' }],
        ['foreign characters', { region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVs!G8=?=' }],
        ['a header for null', { region: null }, { 'mcp-param-region': 'null' }],
        ['a header for nothing', {}, { 'mcp-param-region': 'us-west1' }],
        ['a boolean in capitals', { dry: true }, { 'mcp-param-dry': 'TRUE' }],
        ['a number in another base', { box: { size: 16 } }, { 'mcp-param-size': '0x10' }],
        [
          'a number that only a double takes for it',
          { box: { size: 42 } },
          { 'mcp-param-size': `42.${'0'.repeat(20)}1` },
        ],
        ['a number of another sign', { box: { size: 7 } }, { 'mcp-param-size': '-7' }],
        ['an exponent without end', { box: { size: 0 } }, { 'mcp-param-size': `0e${'9'.repeat(400)}` }],
        ['an integer beyond the largest', { box: { size: 2 ** 53 } }, { 'mcp-param-size': '9007199254740992' }],
        ['its neighbour', { box: { size: 2 ** 53 } }, { 'mcp-param-size': '9007199254740993' }],
        ['an empty number', { box: { size: 0 } }, { 'mcp-param-size': '' }],
      ])('X4: refuses %s', async (_, args, headers) => {
        await failsWith(await start(serverOf(() => ({}), mirrored)), call(args, headers))
      })
    })
  })

  describe('notifications and responses', () => {
    const notification = (rest: JsonObject = {}): JsonObject => ({ jsonrpc: '2.0', method: 'notifications/x', ...rest })
    const withVersion = { 'mcp-protocol-version': version }

    it('H5: answers a notification with 202 and nothing, and hears it', async () => {
      const server = serverOf(() => ({}))
      const face = await start(server)
      const { status, text } = await face.ask(posting(notification({ params: { _meta: envelope() } }), withVersion))
      expect([status, text, server.heard]).toEqual([202, '', ['notifications/x']])
    })

    it('ignores a cancellation: here a stream is closed instead', async () => {
      const server = serverOf(() => ({}))
      const face = await start(server)
      const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }
      expect((await face.ask(posting(cancelled, withVersion))).status).toBe(202)
      const enveloped = { ...cancelled, params: { requestId: 1, _meta: envelope() } }
      expect((await face.ask(posting(enveloped, withVersion))).status).toBe(202)
      expect(server.heard).toEqual([])
    })

    it('H7: refuses a notification whose header names another revision', async () => {
      const face = await echo()
      const { status, json } = await face.ask(posting(notification({ params: { _meta: envelope() } }), {}))
      expect([status, json]).toEqual([
        400,
        { jsonrpc: '2.0', error: expect.objectContaining({ code: -32020 }) as unknown },
      ])
    })

    it('H3: refuses a response', async () => {
      const face = await echo()
      const { status, json } = await face.ask(posting({ jsonrpc: '2.0', id: 1, result: {} }, withVersion))
      expect([status, json['error']]).toEqual([400, expect.objectContaining({ code: -32600 })])
    })

    it('B5: refuses an array', async () => {
      const face = await echo()
      const { status, json } = await face.ask(posting([notification()], withVersion))
      expect([status, json['error']]).toEqual([400, expect.objectContaining({ code: -32600 })])
    })

    it('answers what names no revision but a header that nobody knows with -32022', async () => {
      const face = await echo()
      const ping = { jsonrpc: '2.0', id: 4, method: 'ping' }
      const { status, json } = await face.ask(posting(ping, { 'mcp-protocol-version': 'bogus' }))
      expect([status, json['id'], json['error']]).toEqual([400, 4, expect.objectContaining({ code: -32022 })])
    })
  })

  describe('streams', () => {
    it('H6: turns into events when something is notified, in order, the response last', async () => {
      const face = await start(
        serverOf(async (exchange) => {
          await exchange.notify('notifications/a', { n: 1 })
          await exchange.notify('notifications/b')
          return { ok: true }
        }),
      )
      const live = await face.open(calling('tools/list'))
      expect(live.status).toBe(200)
      expect(live.header('content-type')).toBe('text/event-stream')
      expect(live.header('cache-control')).toBe('no-cache, no-transform')
      expect(live.header('x-accel-buffering')).toBe('no')
      expect(await live.message()).toEqual({ jsonrpc: '2.0', method: 'notifications/a', params: { n: 1 } })
      expect(await live.message()).toEqual({ jsonrpc: '2.0', method: 'notifications/b' })
      expect(await live.message()).toEqual({ jsonrpc: '2.0', id: 1, result: { ok: true } })
      expect(await live.message()).toBeUndefined()
    })

    it('gives no event an id: nothing here can be resumed', async () => {
      const face = await start(serverOf(async (exchange) => (await exchange.notify('notifications/a'), {})))
      const live = await face.open(calling('tools/list', {}, { 'last-event-id': '1' }))
      expect(await live.next()).not.toContain('id:')
    })

    it('H11: sends an error that was found late as the last event', async () => {
      const face = await start(
        serverOf(async (exchange) => {
          await exchange.notify('notifications/a')
          throw missingCapability({ sampling: {} })
        }),
      )
      const live = await face.open(calling('tools/list'))
      await live.message()
      expect(await live.message()).toMatchObject({ id: 1, error: { code: -32021 } })
      expect(await live.message()).toBeUndefined()
    })

    it('turns into events when the answer takes long, and is kept alive', async () => {
      const hold = signalled()
      const face = await start(
        serverOf(async () => (await hold.promise, { late: true })),
        { jsonDelay: 5, keepAlive: 10 },
      )
      const live = await face.open(calling('tools/list'))
      expect(live.header('content-type')).toBe('text/event-stream')
      expect(await live.next()).toBe(':')
      expect(await live.next()).toBe(':')
      hold.settle()
      expect(await live.message()).toMatchObject({ result: { late: true } })
    })

    it('H13: cancels when the client hangs up, and takes nothing more for it', async () => {
      const ended = signalled<unknown>()
      const late = signalled<unknown>()
      const server = serverOf(async (exchange) => {
        const { signal } = exchange
        await exchange.notify('notifications/a')
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        ended.settle(signal.reason)
        late.settle(await Promise.resolve(exchange.notify('notifications/b')).catch((error: unknown) => error))
        return {}
      })
      const live = await (await start(server)).open(calling('tools/list'))
      await live.message()
      live.hangUp()
      expect(await ended.promise).toMatchObject({ name: 'ConnectionClosed' })
      expect(await late.promise).toMatchObject({ name: 'ConnectionClosed' })
    })

    it('rejects what is notified after the answer', async () => {
      const kept = signalled<Exchange>()
      const face = await start(serverOf((exchange) => (kept.settle(exchange), {})))
      await face.ask(calling('tools/list'))
      await expect((await kept.promise).notify('notifications/late')).rejects.toThrow('its request is over')
    })

    it('rejects what JSON cannot hold, and goes on', async () => {
      const face = await start(
        serverOf(async (exchange) => {
          const refusal = await Promise.resolve(exchange.notify('notifications/a', { big: 1n })).catch(
            (error: unknown) => error,
          )
          return { refused: refusal instanceof TypeError }
        }),
      )
      const { header, json } = await face.ask(calling('tools/list'))
      expect([header('content-type'), json['result']]).toEqual(['application/json', { refused: true }])
    })

    it('answers with an error where a result cannot be written', async () => {
      const face = await start(serverOf(() => ({ big: 1n })))
      expect((await face.ask(calling('tools/list'))).json).toMatchObject({ id: 1, error: { code: -32603 } })
    })

    it('makes a sender wait for a client that reads nothing, and cuts it off', async () => {
      const outcome = signalled<unknown>()
      const sent = { count: 0 }
      const server = serverOf(async (exchange) => {
        const text = 'x'.repeat(65_536)
        try {
          for (; ; sent.count += 1) await exchange.notify('notifications/a', { text })
        } catch (error) {
          outcome.settle([error, exchange.signal.aborted])
          throw error
        }
      })
      const face = await start(server, { softLimit: 100_000, stall: 50 })
      await face.open(calling('tools/list'))
      expect(await outcome.promise).toEqual([expect.objectContaining({ name: 'ConnectionClosed' }), true])
      // What the system's own buffers took is beyond us.
      expect(sent.count).toBeLessThan(200)
    })
  })

  describe('listening', () => {
    /** Acknowledges, passes on what is published, and ends when told to. */
    const listening = (): { server: Responder; publish: () => Promise<void>; end: () => void; gone: Promise<void> } => {
      const over = signalled()
      const gone = signalled()
      const current = signalled<Exchange>()
      const server = serverOf(async (exchange) => {
        current.settle(exchange)
        exchange.signal.addEventListener('abort', () => gone.settle())
        await exchange.notify('notifications/subscriptions/acknowledged')
        await Promise.race([over.promise, gone.promise])
        return { closing: true }
      })
      const publish = async (): Promise<void> => (await current.promise).notify('notifications/tools/list_changed')
      return { server, publish, end: over.settle, gone: gone.promise }
    }
    const listen = calling('subscriptions/listen', { notifications: { toolsListChanged: true } }, {}, 'sub')

    it('U2: acknowledges, delivers, and ends with the closing result', async () => {
      const { server, publish, end } = listening()
      const live = await (await start(server)).open(listen)
      expect(await live.message()).toMatchObject({ method: 'notifications/subscriptions/acknowledged' })
      await publish()
      expect(await live.message()).toMatchObject({ method: 'notifications/tools/list_changed' })
      end()
      expect(await live.message()).toEqual({ jsonrpc: '2.0', id: 'sub', result: { closing: true } })
      expect(await live.message()).toBeUndefined()
    })

    it('H12: is kept alive by comments', async () => {
      const { server } = listening()
      const live = await (await start(server, { keepAlive: 5 })).open(listen)
      await live.message()
      expect([await live.next(), await live.next()]).toEqual([':', ':'])
      live.hangUp()
    })

    it('H13: ends when the client hangs up', async () => {
      const { server, gone } = listening()
      const live = await (await start(server)).open(listen)
      await live.message()
      live.hangUp()
      await gone
    })

    it('does not count among the requests in flight', async () => {
      const { server } = listening()
      const face = await start(server, { maxInFlight: 1 })
      const first = await face.open(listen)
      await first.message()
      const second = await face.open(listen)
      expect(await second.message()).toMatchObject({ method: 'notifications/subscriptions/acknowledged' })
    })

    it('is ended when serving is', async () => {
      const { server, gone } = listening()
      const face = await start(server, { linger: 60_000 })
      const live = await face.open(listen)
      await live.message()
      await face.close()
      await gone
      expect(await live.message().catch(() => undefined)).toBeUndefined()
    })
  })

  it('U4: sends the closing result of a listener whose server was ended just before', async () => {
    const over = signalled()
    const face = await start(
      serverOf(async (exchange) => {
        await exchange.notify('notifications/subscriptions/acknowledged')
        await over.promise
        // As many turns as there may be between the end of a subscription and its response.
        for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
        return { closing: true }
      }),
    )
    const live = await face.open(calling('subscriptions/listen'))
    await live.message()
    over.settle()
    const closing = face.close()
    expect(await live.message()).toMatchObject({ result: { closing: true } })
    expect(await live.message()).toBeUndefined()
    await closing
  })

  it('lets a request in flight finish when serving ends, and refuses what comes then', async () => {
    const hold = signalled()
    const entered = signalled()
    const server = serverOf(async () => {
      entered.settle()
      await hold.promise
      return { done: true }
    })
    const face = await start(server, { linger: 60_000 })
    const answer = face.ask(calling('tools/list'))
    await entered.promise
    const closing = face.close()
    const next = await face.ask(calling('tools/list')).catch(() => ({ status: 503 }))
    expect(next.status).toBe(503)
    hold.settle()
    expect((await answer).json['result']).toEqual({ done: true })
    await closing
  })
})
