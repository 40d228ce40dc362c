import { ConnectionClosed } from '@parley/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { NodeEventStream } from './node-stream.ts'
import type { StreamLimits } from './stream-limits.ts'
import type { EventStream, Head, Reply } from './wire.ts'

/** A request of `node:http`, or of the same kind over HTTP/2. */
export type NodeRequest = IncomingMessage | Http2ServerRequest

/** The lines of a head by their names in lower case; what stands more than once is joined, and told. */
type Lines = { readonly values: ReadonlyMap<string, string>; readonly repeated: ReadonlySet<string> }

const once: ReadonlySet<string> = new Set()

// Node's own `headers` keeps the first line of some names and joins those of others, and takes longer to make.
const readLines = (rawHeaders: readonly string[]): Lines => {
  const values = new Map<string, string>()
  let repeated: Set<string> | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    const value = rawHeaders[index + 1] ?? ''
    const before = values.get(name)
    if (before !== undefined) (repeated ??= new Set()).add(name)
    values.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return { values, repeated: repeated ?? once }
}

/** The head of a request as Node read it. */
export class NodeHead implements Head {
  readonly method: string
  readonly path: string
  readonly #lines: Lines

  constructor({ method = 'GET', url = '/', rawHeaders }: NodeRequest) {
    const query = url.indexOf('?')
    this.method = method
    this.path = query < 0 ? url : url.slice(0, query)
    this.#lines = readLines(rawHeaders)
  }

  header(name: string): string | undefined {
    const { values } = this.#lines
    // Over HTTP/2 the host stands in a pseudo-header; Host may stand beside it, and must say the same.
    return name === 'host' ? (values.get(authority) ?? values.get(name)) : values.get(name)
  }

  repeated(name: string): boolean {
    return this.#lines.repeated.has(name) || (name === 'host' && this.#isOtherHost())
  }

  #isOtherHost(): boolean {
    const { values } = this.#lines
    const asked = values.get(authority)
    return asked !== undefined && values.has('host') && values.get('host') !== asked
  }
}

const authority = ':authority'

// What a socket takes at once even of a client that reads nothing.
const small = 65_536

/** A response of `node:http`, or of the same kind over HTTP/2. */
export type NodeResponse = ServerResponse | Http2ServerResponse

// Those over HTTP/2 do not say so themselves.
const isGone = (response: NodeResponse): boolean =>
  'stream' in response ? response.stream.destroyed : response.destroyed || response.closed

// There, a response counts as finished when its stream is reset, too.
const isFinished = (response: NodeResponse): boolean =>
  'stream' in response ? response.writableEnded && response.stream.rstCode === 0 : response.writableFinished

/** A reply written straight to a response of Node's. */
export class NodeReply implements Reply {
  readonly #response: NodeResponse
  readonly #limits: StreamLimits
  readonly #onAnswer: () => void
  #controller: AbortController | undefined

  /** `onAnswer` is called just before the answer begins. */
  constructor(response: NodeResponse, limits: StreamLimits, onAnswer: () => void) {
    this.#response = response
    this.#limits = limits
    this.#onAnswer = onAnswer
  }

  get gone(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      const left = (): void => this.#leave(new ConnectionClosed('The client is gone'))
      if (isGone(this.#response)) left()
      else this.#response.once('close', left)
    }
    return this.#controller.signal
  }

  #leave(reason: ConnectionClosed): void {
    if (!isFinished(this.#response)) this.#controller?.abort(reason)
  }

  send(status: number, headers: Readonly<Record<string, string>>, body?: string): void {
    const response = this.#response
    if (isGone(response)) return
    this.#onAnswer()
    if (body === undefined) {
      // Bodies of some statuses are forbidden, and so is a length for them.
      response.writeHead(status, status === 204 ? headers : { 'content-length': '0', ...headers })
      response.end()
      return
    }
    const size = Buffer.byteLength(body)
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': String(size), ...headers })
    // As text, for then the head and a small body are one write.
    if (size <= small) response.end(body)
    else {
      const out = this.#open()
      out.write(body, true).catch(() => undefined)
      out.end()
    }
  }

  #open(): NodeEventStream {
    return new NodeEventStream(this.#response, this.#limits, (reason) => this.#leave(reason))
  }

  stream(headers: Readonly<Record<string, string>>): EventStream {
    const response = this.#response
    const gone = isGone(response)
    if (!gone) {
      this.#onAnswer()
      response.writeHead(200, headers)
      // Over HTTP/2 the head has left already.
      if (!('stream' in response)) response.flushHeaders()
    }
    const out = this.#open()
    if (gone) out.leave()
    return out
  }
}
