import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { methodNotFound } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { Dial, Link, RequestOptions } from '@parley/protocol'
import type { Inspector } from '../src/index.ts'
import type { PageEvent } from '../src/page/api.ts'

/** What a server of a legacy revision answers, method by method. */
export type Answers = Readonly<
  Record<string, (params: JsonObject, options: RequestOptions) => JsonObject | Promise<JsonObject>>
>

/** A server without a process: it answers what it is told to. */
export type Scripted = {
  readonly dial: Dial
  /** How often it was dialled. */
  readonly dials: () => number
  /** Goes away, with a reason. */
  readonly die: (reason: Error) => void
}

const initialized = { protocolVersion: '2025-11-25', serverInfo: { name: 'scripted', version: '1.0.0' } }

/** Makes one. */
export const scripted = (answers: Answers, capabilities: JsonObject = { tools: {} }): Scripted => {
  let dials = 0
  let ids = 0
  let end: (reason: unknown) => void = () => undefined
  const dial: Dial = () => {
    dials += 1
    const closed = new Promise<unknown>((resolve) => {
      end = resolve
    })
    const link: Link = {
      closed,
      request: async (method, params, options = {}) => {
        ids += 1
        options.onSend?.(ids)
        if (method === 'initialize') return { ...initialized, capabilities }
        const answer = answers[method]
        if (answer === undefined) throw methodNotFound(method)
        return answer(params, options)
      },
      notify: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(end(undefined)),
    }
    return Promise.resolve(link)
  }
  return { dial, dials: () => dials, die: (reason) => end(reason) }
}

/** What a request got. */
export type Got = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }

type Asked = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | JsonObject
}

const originOf = ({ url }: Inspector): URL => new URL('/', url)

/** Makes a request with exactly these headers, as no browser would. */
export const ask = (inspector: Inspector, path: string, { method, headers = {}, body }: Asked = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    const isJson = typeof body === 'object'
    const sent = request(
      new URL(path, originOf(inspector)),
      {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
      },
    )
    sent.on('error', reject)
    sent.end(isJson ? JSON.stringify(body) : body)
  })

/** The token that a URL carries. */
export const tokenOf = ({ url }: Inspector): string =>
  new URLSearchParams(new URL(url).hash.slice(1)).get('token') ?? ''

/** Exchanges the token for the cookie. */
export const enter = async (inspector: Inspector): Promise<string> => {
  const { headers } = await ask(inspector, '/api/session', { body: { token: tokenOf(inspector) } })
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

/** A page without a browser: it hears everything, and sends commands. */
export interface Visitor extends Disposable {
  /** Settles with the first event that fits, of those that came or will. */
  event<T extends PageEvent['type']>(
    type: T,
    fits?: (event: PageEvent & { type: T }) => boolean,
  ): Promise<PageEvent & { type: T }>
  send(command: string, body?: JsonObject): Promise<Got>
}

/** Opens the inspector as a page does. */
export const visit = async (inspector: Inspector): Promise<Visitor> => {
  const cookie = await enter(inspector)
  const events: PageEvent[] = []
  const looks = new Set<() => void>()
  const hear = (event: PageEvent): void => {
    events.push(event)
    // What a page is told first is a state as good as any.
    if (event.type === 'hello') events.push({ type: 'state', state: event.state })
    for (const look of looks) look()
  }
  const stream = request(new URL('/api/events', originOf(inspector)), { headers: { cookie } }, (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = block.split('\n').find((line) => line.startsWith('data: '))
        if (data !== undefined) hear(JSON.parse(data.slice(6)))
      }
    })
    response.on('error', () => undefined)
  })
  stream.on('error', () => undefined)
  stream.end()
  return {
    event: (type, fits = () => true) =>
      new Promise((resolve) => {
        const is = (event: PageEvent): event is PageEvent & { type: typeof type } => event.type === type
        const look = (): void => {
          const found = events.filter(is).find(fits)
          if (found === undefined) return
          looks.delete(look)
          resolve(found)
        }
        looks.add(look)
        look()
      }),
    send: (command, body = {}) => ask(inspector, `/api/${command}`, { headers: { cookie }, body }),
    [Symbol.dispose]: () => stream.destroy(),
  }
}
