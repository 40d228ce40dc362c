import { httpHandler } from '@parley/transports/http/server'
import { describe, expect, it } from 'vitest'
import { calling } from './http-faces.ts'
import { responder, signalled } from './peers.ts'

const { headers, body } = calling('tools/list')

type Init = Omit<RequestInit, 'headers'> & { headers?: { [name: string]: string } }

const ask = (init: Init = {}, url = 'http://127.0.0.1/mcp'): Request =>
  new Request(url, {
    method: 'POST',
    body: body as string,
    ...init,
    headers: { ...headers, ...init.headers } as HeadersInit,
  })

describe('a web-standard handler', () => {
  it('serves any path unless told which', async () => {
    const handler = httpHandler(responder(() => ({})))
    expect((await handler(ask({}, 'http://127.0.0.1/'))).status).toBe(200)
    expect((await handler(ask({}, 'http://127.0.0.1/any/where'))).status).toBe(200)
  })

  it('can be given away as it is', async () => {
    const { fetch } = { fetch: httpHandler(responder(() => ({}))) }
    expect((await fetch(ask())).status).toBe(200)
  })

  it('reads the host from the URL where the platform keeps it out of the headers', async () => {
    const handler = httpHandler(
      responder(() => ({})),
      { allowedHosts: ['mcp.example.com'] },
    )
    expect((await handler(ask({}, 'https://mcp.example.com/mcp'))).status).toBe(200)
    expect((await handler(ask({}, 'https://evil.example.com/mcp'))).status).toBe(403)
    expect((await handler(ask({ headers: { host: 'evil.example.com' } }, 'https://mcp.example.com/mcp'))).status).toBe(
      403,
    )
  })

  it.each(['origin', 'mcp-session-id', 'sec-fetch-site', 'last-event-id'])(
    'T8: refuses a %s that was put together from several',
    async (name) => {
      const handler = httpHandler(responder(() => ({})))
      expect((await handler(ask({ headers: { [name]: 'a, b' } }))).status).toBe(400)
    },
  )

  it('H13: cancels when the platform says that the client is gone', async () => {
    const entered = signalled()
    const ended = signalled<unknown>()
    const handler = httpHandler(
      responder(async ({ signal }) => {
        signal.addEventListener('abort', () => ended.settle(signal.reason))
        entered.settle()
        await ended.promise
        return {}
      }),
    )
    const client = new AbortController()
    const answer = handler(ask({ signal: client.signal }))
    await entered.promise
    client.abort()
    expect(await ended.promise).toMatchObject({ name: 'ConnectionClosed' })
    expect((await answer).status).toBe(200)
  })

  it('H13: ends the stream of a client that is gone without an error, which platforms would log', async () => {
    const ended = signalled<unknown>()
    const handler = httpHandler(
      responder(async (exchange) => {
        exchange.signal.addEventListener('abort', () => ended.settle(exchange.signal.reason))
        await exchange.notify('notifications/message', { level: 'info', data: 'first' })
        await ended.promise
        return {}
      }),
    )
    const client = new AbortController()
    const answer = await handler(ask({ signal: client.signal }))
    const reader = answer.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('first')
    const next = reader?.read()
    client.abort()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(await ended.promise).toMatchObject({ name: 'ConnectionClosed' })
  })

  it('finds the client gone that was gone before', async () => {
    const handler = httpHandler(responder(({ signal }) => ({ gone: signal.aborted })))
    const request = ask()
    Object.defineProperty(request, 'signal', { value: AbortSignal.abort() })
    expect(await (await handler(request)).json()).toMatchObject({ result: { gone: true } })
  })

  it('answers a body that breaks off', async () => {
    const handler = httpHandler(responder(() => ({})))
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('cut')) })
    const { status } = await handler(ask({ body: broken, duplex: 'half' } as Init))
    expect(status).toBe(400)
  })

  it('says so where somebody has read the body before', async () => {
    const handler = httpHandler(responder(() => ({})))
    const request = ask()
    await request.text()
    const answer = await handler(request)
    expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining('ahead of body parsers')])
  })

  it('holds what waits for a reader, and no more than that', async () => {
    const sent: number[] = []
    const handler = httpHandler(
      responder(async (exchange) => {
        for (let n = 0; n < 100; n += 1) {
          await exchange.notify('notifications/a', { n, text: 'x'.repeat(1000) })
          sent.push(n)
        }
        return {}
      }),
      { softLimit: 10_000 },
    )
    const { body: stream } = await handler(ask())
    const reader = (stream ?? new ReadableStream()).getReader()
    await reader.read()
    expect(sent.length).toBeLessThan(30)
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) continue
    expect(sent).toHaveLength(100)
  })

  it('refuses everything once it is closed', async () => {
    const handler = httpHandler(responder(() => ({})))
    await handler.close()
    const { status, headers: answered } = await handler(ask())
    expect([status, answered.get('retry-after')]).toEqual([503, '1'])
  })
})
