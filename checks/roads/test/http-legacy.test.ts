import { Server } from '@parley/server'
import { serveHttp } from '@parley/transports/http/node'
import type { HttpServer, ServeHttpOptions } from '@parley/transports/http/node'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

type Event = { id: string | undefined; data: string }
type Body = { [key: string]: unknown }

const open: (HttpServer | Wire)[] = []

afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})

/** The stream of one answer, event by event. */
class Stream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #controller: AbortController
  readonly #decoder = new TextDecoder()
  #text = ''
  last: string | undefined

  constructor(response: Response, controller: AbortController) {
    this.#reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader()
    this.#controller = controller
  }

  async event(): Promise<Event | undefined> {
    for (let end = this.#text.indexOf('\n\n'); end < 0; end = this.#text.indexOf('\n\n')) {
      const { done, value } = await this.#reader.read()
      if (done) return undefined
      this.#text += this.#decoder.decode(value, { stream: true })
    }
    const end = this.#text.indexOf('\n\n')
    const lines = this.#text.slice(0, end).split('\n')
    this.#text = this.#text.slice(end + 2)
    const field = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
    const id = field('id')
    this.last = id ?? this.last
    return { id, data: field('data') ?? '' }
  }

  async message(): Promise<Body | undefined> {
    for (let event = await this.event(); event !== undefined; event = await this.event()) {
      if (event.data !== '') return JSON.parse(event.data) as Body
    }
    return undefined
  }

  /** Every message up to the end. */
  async rest(): Promise<Body[]> {
    const all: Body[] = []
    for (let next = await this.message(); next !== undefined; next = await this.message()) all.push(next)
    return all
  }

  cut(): void {
    this.#controller.abort()
  }
}

const must = (found: unknown, wanted: unknown): void => {
  if (found !== wanted) throw new Error(`${String(found)} where ${String(wanted)} was due`)
}

/** A legacy client that knows nothing but HTTP. */
class Wire {
  readonly #url: string
  readonly #controllers: AbortController[] = []
  headers: Record<string, string> = {}

  constructor(url: string) {
    this.#url = url
  }

  async fetch(
    method: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<[Response, AbortController]> {
    const controller = new AbortController()
    this.#controllers.push(controller)
    const response = await fetch(this.#url, {
      method,
      signal: controller.signal,
      headers: {
        accept: 'application/json, text/event-stream',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...this.headers,
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return [response, controller]
  }

  async json(method: string, params: Body = {}, id: string | number = 1): Promise<Body> {
    const [response] = await this.fetch('POST', { jsonrpc: '2.0', id, method, params })
    return (await response.json()) as Body
  }

  async stream(method: string, params: Body = {}, id: string | number = 1): Promise<Stream> {
    const [response, controller] = await this.fetch('POST', { jsonrpc: '2.0', id, method, params })
    must(response.headers.get('content-type'), 'text/event-stream')
    return new Stream(response, controller)
  }

  async post(message: Body): Promise<number> {
    const [response] = await this.fetch('POST', { jsonrpc: '2.0', ...message })
    await response.text()
    return response.status
  }

  async listen(lastEventId?: string): Promise<Stream> {
    const [response, controller] = await this.fetch(
      'GET',
      undefined,
      lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    )
    must(response.status, 200)
    return new Stream(response, controller)
  }

  async initialize(protocolVersion = '2025-11-25', capabilities: Body = {}): Promise<this> {
    const params = { protocolVersion, capabilities, clientInfo: { name: 'wire', version: '1' } }
    const [response] = await this.fetch('POST', { jsonrpc: '2.0', id: 0, method: 'initialize', params })
    const { result } = (await response.json()) as { result?: Body }
    must(result?.['protocolVersion'], protocolVersion)
    const session = response.headers.get('mcp-session-id')
    this.headers = { 'mcp-protocol-version': protocolVersion, ...(session !== null && { 'mcp-session-id': session }) }
    must(await this.post({ method: 'notifications/initialized' }), 202)
    return this
  }

  async close(): Promise<void> {
    for (const controller of this.#controllers) controller.abort()
  }
}

const house = (): Server => {
  const server = new Server({ name: 'house', version: '1.0.0' })
  server.tool('add', { input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => String(a + b))
  server.tool('count', { input: z.object({ to: z.number() }) }, async ({ to }, ctx) => {
    for (let at = 1; at <= to; at += 1) await ctx.progress(at, to)
    return 'counted'
  })
  server.tool('greet', async (_, ctx) => {
    const answer = await ctx.elicit({ message: 'Who is there?', schema: z.object({ name: z.string() }) })
    return answer.action === 'accept' ? `Hello, ${answer.content.name}!` : 'Nobody.'
  })
  server.tool('think', async (_, ctx) => {
    const { content } = await ctx.sample({
      maxTokens: 9,
      messages: [{ role: 'user', content: { type: 'text', text: '?' } }],
    })
    return JSON.stringify(content)
  })
  server.tool('look', async (_, ctx) => JSON.stringify(await ctx.roots()))
  server.tool('talk', async (_, ctx) => {
    for (const level of ['debug', 'info', 'error'] as const) ctx.log(level, level)
    return 'said'
  })
  server.resource('note://one', () => 'text')
  return server
}

const serve = async (options: ServeHttpOptions = {}): Promise<{ server: Server; url: string; http: HttpServer }> => {
  const server = house()
  const http = await serveHttp(server, { port: 0, ...options })
  open.push(http)
  return { server, url: http.url, http }
}

const visit = async (url: string, ...opening: Parameters<Wire['initialize']>): Promise<Wire> => {
  const wire = new Wire(url)
  open.push(wire)
  return wire.initialize(...opening)
}

const call = (name: string, args: Body = {}, token?: string | number): Body => ({
  name,
  arguments: args,
  ...(token !== undefined && { _meta: { progressToken: token } }),
})

const text = (value: string): Body => ({ content: [{ type: 'text', text: value }] })

const versions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']

describe('a legacy session over sockets', () => {
  it.each(versions)('opens, calls, and ends in %s', async (version) => {
    const { url } = await serve()
    const wire = await visit(url, version)
    expect(await wire.json('ping')).toEqual({ jsonrpc: '2.0', id: 1, result: {} })
    expect(await wire.json('tools/call', call('add', { a: 2, b: 3 }))).toMatchObject({ id: 1, result: text('5') })
    const [ended] = await wire.fetch('DELETE')
    expect(ended.status).toBe(204)
    const [late] = await wire.fetch('POST', { jsonrpc: '2.0', id: 2, method: 'ping' })
    expect(late.status).toBe(404)
  })

  it('C5, G6: progress goes by the POST that asked for it, ahead of the result', async () => {
    const { url } = await serve()
    const wire = await visit(url)
    const stream = await wire.stream('tools/call', call('count', { to: 3 }, 'token'))
    const messages = await stream.rest()
    expect(messages.at(-1)).toMatchObject({ id: 1, result: text('counted') })
    expect(messages.at(-2)).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: 'token', progress: 3, total: 3 },
    })
  })

  it.each([
    ['elicitation', 'greet', 'elicitation/create', { action: 'accept', content: { name: 'Ann' } }, 'Hello, Ann!'],
    [
      'sampling',
      'think',
      'sampling/createMessage',
      { role: 'assistant', model: 'm', content: { type: 'text', text: '42' } },
      '"text":"42"',
    ],
    ['roots', 'look', 'roots/list', { roots: [{ uri: 'file:///tmp' }] }, 'file:///tmp'],
  ])(
    'Q6: %s is put on the stream of the call, and answered by another POST',
    async (capability, tool, method, answer, shown) => {
      const { url } = await serve()
      const wire = await visit(url, '2025-11-25', { [capability]: {} })
      const stream = await wire.stream('tools/call', call(tool))
      const question = await stream.message()
      expect(question).toMatchObject({ jsonrpc: '2.0', method })
      expect(await wire.post({ id: question?.['id'], result: answer })).toBe(202)
      const [result, ...rest] = await stream.rest()
      expect(JSON.stringify(result)).toContain(JSON.stringify(shown).slice(1, -1))
      expect(rest).toEqual([])
    },
  )

  it('P5: log lines keep to the threshold of their own session', async () => {
    const { url } = await serve()
    const [loud, quiet] = [await visit(url), await visit(url)]
    await loud.json('logging/setLevel', { level: 'debug' })
    await quiet.json('logging/setLevel', { level: 'emergency' })
    const stream = await loud.stream('tools/call', call('talk'))
    const lines = (await stream.rest()).flatMap(({ params }) => (params as Body | undefined)?.['level'] ?? [])
    expect(lines).toEqual(['debug', 'info', 'error'])
    expect(await quiet.json('tools/call', call('talk'))).toMatchObject({ result: text('said') })
  })

  it('U8: changes reach the stream of every session that has one, once', async () => {
    const { server, url } = await serve()
    const wires = await Promise.all(versions.map((version) => visit(url, version)))
    const streams = await Promise.all(wires.map((wire) => wire.listen()))
    for (const wire of wires.slice(0, 2)) await wire.json('resources/subscribe', { uri: 'note://one' })
    server.resourceUpdated('note://one')
    server.tool('later', () => 'x')
    const updated = { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'note://one' } }
    const listed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' }
    expect([await streams[0]?.message(), await streams[1]?.message()]).toEqual([updated, updated])
    expect(await Promise.all(streams.map((stream) => stream.message()))).toEqual([listed, listed, listed, listed])
    await Promise.all(wires.map((wire) => wire.fetch('DELETE')))
    expect(await Promise.all(streams.map((stream) => stream.message()))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('REL-RES: a stream that is cut again and again loses nothing and says nothing twice', async () => {
    const { server, url } = await serve()
    let go: (() => void) | undefined
    const steps: (() => void)[] = []
    server.tool('slow', async (_, ctx) => {
      for (let at = 1; at <= 30; at += 1) {
        await ctx.progress(at)
        if (at % 3 === 0) await new Promise<void>((resolve) => (steps.push(resolve), go?.()))
      }
      return 'done'
    })
    const wire = await visit(url)
    let stream = await wire.stream('tools/call', call('slow', {}, 7))
    const seen: Body[] = []
    for (let cut = 0; cut < 10; cut += 1) {
      while (steps.length === 0) await new Promise<void>((resolve) => (go = resolve))
      // Reads one event or two of three, so that some are always missed.
      for (let read = 0; read < 1 + (cut % 2); read += 1) seen.push((await stream.message()) ?? {})
      stream.cut()
      steps.shift()?.()
      stream = await wire.listen(stream.last)
    }
    seen.push(...(await stream.rest()))
    expect(seen.map(({ params, result }) => (result === undefined ? (params as Body)['progress'] : 'done'))).toEqual([
      ...Array.from({ length: 30 }, (_, index) => index + 1),
      'done',
    ])
  })

  it('G11: a client that hangs up has cancelled nothing', async () => {
    const { server, url } = await serve()
    let finish: (aborted: boolean) => void = () => undefined
    const finished = new Promise<boolean>((resolve) => (finish = resolve))
    let proceed: () => void = () => undefined
    const gone = new Promise<void>((resolve) => (proceed = resolve))
    server.tool('stay', async (_, ctx) => {
      ctx.log('error', 'here')
      await gone
      finish(ctx.signal.aborted)
      return 'stayed'
    })
    const wire = await visit(url)
    const stream = await wire.stream('tools/call', call('stay'))
    await stream.message()
    stream.cut()
    await wire.json('ping')
    proceed()
    expect(await finished).toBe(false)
    const back = await wire.listen(stream.last)
    expect(await back.rest()).toMatchObject([{ id: 1, result: text('stayed') }])
  })

  it('G12: 2025-03-26 batches', async () => {
    const { url } = await serve()
    const wire = await visit(url, '2025-03-26')
    const [response] = await wire.fetch('POST', [
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: call('add', { a: 1, b: 1 }) },
      { jsonrpc: '2.0', id: 2, method: 'ping' },
    ])
    const answers = (await response.json()) as Body[]
    expect(new Map(answers.map(({ id, result }) => [id, result]))).toEqual(
      new Map<unknown, unknown>([
        [1, expect.objectContaining(text('2'))],
        [2, {}],
      ]),
    )
  })

  it('V5: a modern request is served beside the session, on the same URL', async () => {
    const { url } = await serve()
    const wire = await visit(url)
    const modern = new Wire(url)
    modern.headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' }
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    expect(await modern.json('tools/list', { _meta: meta })).toMatchObject({ result: { resultType: 'complete' } })
    expect(await wire.json('tools/list')).not.toHaveProperty('result.resultType')
  })

  it('closing ends sessions, streams and what is in flight', async () => {
    const { server, url, http } = await serve({ linger: 0 })
    server.tool('hang', () => new Promise(() => undefined))
    const wire = await visit(url)
    const stream = await wire.listen()
    const hanging = wire.json('tools/call', call('hang'))
    await wire.json('ping')
    await http.close()
    expect(await hanging).toMatchObject({ id: 1, error: { code: -32603 } })
    expect(await stream.message()).toBeUndefined()
  })

  it('SEC-ISO-1: fifty sessions at once, one id and one token, and nobody reads anything of another', async () => {
    const { server, url } = await serve()
    server.tool('secret', { input: z.object({ mine: z.string() }) }, async ({ mine }, ctx) => {
      for (let at = 1; at <= 3; at += 1) await ctx.progress(at, 3, mine)
      const { action, content } = await ctx.elicit({ message: mine, schema: z.object({ said: z.string() }) })
      return `${mine} ${action} ${content?.said}`
    })
    const secrets = Array.from({ length: 50 }, (_, index) => `secret-${index}.`)
    const texts = await Promise.all(
      secrets.map(async (mine) => {
        const wire = await visit(url, '2025-11-25', { elicitation: {} })
        const stream = await wire.stream('tools/call', call('secret', { mine }, 1))
        const heard: Body[] = []
        for (;;) {
          const message = await stream.message()
          if (message === undefined) break
          heard.push(message)
          if (message['method'] === 'elicitation/create') {
            await wire.post({ id: message['id'], result: { action: 'accept', content: { said: mine } } })
          }
        }
        expect(heard.at(-1)).toMatchObject({ id: 1, result: text(`${mine} accept ${mine}`) })
        return JSON.stringify(heard)
      }),
    )
    for (const [index, heard] of texts.entries()) {
      expect(secrets.filter((secret) => heard.includes(secret))).toEqual([secrets[index]])
    }
  })
})

describe('without sessions', () => {
  it('answers each POST alone, and refuses questions in a way that says why', async () => {
    const { url } = await serve({ sessions: false })
    const wire = await visit(url, '2025-11-25', { elicitation: {} })
    expect(wire.headers).toEqual({ 'mcp-protocol-version': '2025-11-25' })
    expect(await wire.json('tools/call', call('add', { a: 2, b: 2 }))).toMatchObject({ result: text('4') })
    expect(await wire.json('tools/call', call('greet'))).toMatchObject({
      error: { code: -32600, data: { requiredCapabilities: { elicitation: expect.anything() } } },
    })
    const [response] = await wire.fetch('GET')
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  })
})
