import { ConnectionClosed, HttpFailure } from '@parley/core'
import { Agent, request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { setImmediate } from 'node:timers'
import { networkError } from './carrier.ts'
import type { Answer, Carrier, Outgoing } from './carrier.ts'
import { NodeAnswer } from './node-answer.ts'
import { carrier as webCarrier } from './web-carrier.ts'
import type { Fetch } from './web-carrier.ts'

// Less than the five seconds after which Node's own servers close a connection that is idle.
const idleTime = 4000
// A connection that was idle for so long may have been closed without anybody having looked.
const doubtTime = 1000

// They say where a message ends and what the connection is for, which is not for the user to say.
const framing: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What makes requests of one scheme, and keeps their connections. */
type Scheme = { readonly request: typeof httpRequest; readonly agent: Agent }

const openScheme = async (protocol: string): Promise<Scheme> => {
  const kept = { keepAlive: true, timeout: idleTime }
  if (protocol === 'http:') return { request: httpRequest, agent: new Agent(kept) }
  // Most of what it loads is for TLS, and not every server is far away.
  const https = await import('node:https')
  return { request: https.request, agent: new https.Agent(kept) }
}

/** Where requests go: what a URL says, in Node's words. */
type Place = {
  readonly url: URL
  readonly name: string
  readonly host: string
  readonly port: string
  readonly path: string
}

const placeOf = (url: URL): Place => {
  const { host, hostname, port, pathname, search } = url
  // An IPv6 address stands in brackets in a URL, and nowhere else.
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return { url, name: host, host: bare, port, path: pathname + search }
}

/** The headers as they are written, name by name. */
const linesOf = ({ headers, body }: Outgoing, { name: host }: Place): string[] => {
  const lines: string[] = []
  if (!headers.has('host')) lines.push('host', host)
  // What `fetch` says on Node, for there are servers that answer nobody without a name.
  if (!headers.has('user-agent')) lines.push('user-agent', 'node')
  for (const [name, value] of headers) if (!framing.has(name)) lines.push(name, value)
  if (!headers.has('accept-encoding')) lines.push('accept-encoding', 'identity')
  if (body !== undefined) lines.push('content-length', String(Buffer.byteLength(body)))
  return lines
}

// Node writes head and text as one, in UTF-8. A head that is not ASCII is Latin-1, and must not be mixed with that.
const bodyOf = ({ body }: Outgoing, lines: readonly string[]): string | Uint8Array | undefined =>
  body !== undefined && /[\u0080-\uffff]/.test(lines.join('')) ? Buffer.from(body) : body

/** Why an answer cannot be read, or nothing: nobody asked for it to be compressed. */
const encodingFault = (answer: Answer): HttpFailure | undefined => {
  const encoding = answer.header('content-encoding')?.toLowerCase() ?? 'identity'
  if (encoding === 'identity' || encoding === '') return undefined
  const why = `The answer is encoded in a way that was not asked for: ${JSON.stringify(encoding.slice(0, 100))}`
  return new HttpFailure(why, { status: answer.status, body: '', headers: answer.headers() })
}

/** What hears of a request: its answer or its failure, and then its end. */
type Hearing = { answered(answer: Answer): void; failed(error: unknown): void; ended(): void }

/** Sends a request on its way. Only the first of `answered` and `failed` counts; `ended` comes last. */
const exchange = (asked: ClientRequest, { abort }: Outgoing, hearing: Hearing): void => {
  const stop = (): void => void asked.destroy()
  let answered = false
  abort.listen(stop)
  asked.on('response', (response: IncomingMessage) => {
    answered = true
    const answer = new NodeAnswer(response, abort)
    const fault = encodingFault(answer)
    if (fault === undefined) return hearing.answered(answer)
    answer.cut()
    hearing.failed(fault)
  })
  asked.on('error', (error) => {
    // What happens to an answer that has begun is told by that.
    if (!answered) hearing.failed(error)
  })
  asked.on('close', () => {
    abort.forget(stop)
    if (!answered) hearing.failed(new ConnectionClosed('The connection was closed before there was an answer'))
    hearing.ended()
  })
}

const isReset = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Lets the system say which of the kept connections are closed: it is asked once in each turn of the loop. */
const look = async (): Promise<void> => {
  // The rest of this turn shows what was known when it began, the next one what is known now.
  await turn()
  await turn()
}

/**
 * Carries requests by `node:http` and `node:https`, at a fraction of what `fetch` costs there.
 *
 * Connections are kept for four seconds of idleness, and keep no process alive meanwhile. One that the server closes at
 * the very moment when it is used again loses its request: a GET or DELETE is then sent once more (RFC 9110, section
 * 9.2.2), but no POST ever is, for nobody can tell whether the server has begun with it. So that this is rare, the system
 * is asked first whether connections that were idle for a second are still open.
 */
class NodeCarrier implements Carrier {
  // The same for all requests: redirects never lead to another scheme.
  #opening: Promise<Scheme> | undefined
  #scheme: Scheme | undefined
  #place: Place | undefined
  #closed = false
  #used = 0

  send(outgoing: Outgoing): Promise<Answer> {
    const scheme = this.#scheme
    const isReady = scheme !== undefined && !this.#isInDoubt(scheme)
    return isReady ? this.#ask(scheme, outgoing, outgoing.method !== 'POST') : this.#prepare(outgoing)
  }

  #isInDoubt({ agent }: Scheme): boolean {
    return performance.now() - this.#used > doubtTime && Object.keys(agent.freeSockets).length > 0
  }

  async #prepare(outgoing: Outgoing): Promise<Answer> {
    this.#opening ??= openScheme(outgoing.url.protocol)
    const scheme = await this.#opening
    this.#scheme = scheme
    if (this.#isInDoubt(scheme)) await look()
    return this.#ask(scheme, outgoing, outgoing.method !== 'POST')
  }

  #placeOf(url: URL): Place {
    if (this.#place?.url !== url) this.#place = placeOf(url)
    return this.#place
  }

  #ask(scheme: Scheme, outgoing: Outgoing, again: boolean): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { abort, method, url } = outgoing
      abort.throwIfAborted()
      if (this.#closed) throw new ConnectionClosed('The connection was closed')
      const place = this.#placeOf(url)
      const headers = linesOf(outgoing, place)
      const { agent } = scheme
      const asked = scheme.request({ agent, method, host: place.host, port: place.port, path: place.path, headers })
      exchange(asked, outgoing, {
        answered: resolve,
        failed: (error) => {
          const isStale = asked.reusedSocket && isReset(error) && !abort.aborted
          if (isStale && again) resolve(this.#ask(scheme, outgoing, false))
          else reject(networkError(error, abort, `The server could not be reached: ${method} ${url.origin}`))
        },
        ended: () => {
          this.#used = performance.now()
        },
      })
      asked.end(bodyOf(outgoing, headers))
    })
  }

  close(): void {
    this.#closed = true
    void this.#opening?.then(({ agent }) => agent.destroy()).catch(() => undefined)
  }
}

/** Carries requests by Node's own HTTP, unless there is a `fetch` to do it. */
export const carrier = (fetch?: Fetch): Carrier => (fetch === undefined ? new NodeCarrier() : webCarrier(fetch))
