import { ConnectionClosed } from '@parley/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { NodeEventStream } from './node-stream.ts'
import type { StreamOwner } from './node-stream.ts'
import { atTurnEnd } from './node-turn.ts'
import type { StreamLimits } from './stream-limits.ts'
import type { EventStream, Head, Reply } from './wire.ts'

/** A request of `node:http`, or of the same kind over HTTP/2. */
export type NodeRequest = IncomingMessage | Http2ServerRequest

/** The head of a request as Node read it. */
export class NodeHead implements Head {
  readonly method: string
  readonly path: string
  // Node's own `headers` keeps the first line of some names and joins those of others; these are all there. They are
  // searched as they are: a table of them would take longer to make, and as long as a stream lives to be let go.
  readonly #lines: readonly string[]

  constructor({ method = 'GET', url = '/', rawHeaders }: NodeRequest) {
    const query = url.indexOf('?')
    this.method = method
    this.path = query < 0 ? url : url.slice(0, query)
    this.#lines = rawHeaders
  }

  header(name: string): string | undefined {
    // Over HTTP/2 the host stands in a pseudo-header; Host may stand beside it, and must say the same.
    return name === 'host' ? (this.#joined(authority) ?? this.#joined(name)) : this.#joined(name)
  }

  #joined(name: string): string | undefined {
    let value: string | undefined
    for (let at = this.#next(name, 0); at >= 0; at = this.#next(name, at + 2)) {
      const line = this.#lines[at + 1] ?? ''
      value = value === undefined ? line : `${value}, ${line}`
    }
    return value
  }

  /** Where the next line of a name stands; -1 where there is none. */
  #next(name: string, from: number): number {
    for (let at = from; at < this.#lines.length; at += 2) {
      const other = this.#lines[at] ?? ''
      if (other.length === name.length && (other === name || other.toLowerCase() === name)) return at
    }
    return -1
  }

  repeated(name: string): boolean {
    const first = this.#next(name, 0)
    if (first >= 0 && this.#next(name, first + 2) >= 0) return true
    if (name !== 'host') return false
    const asked = this.#joined(authority)
    return asked !== undefined && first >= 0 && this.#lines[first + 1] !== asked
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
export class NodeReply implements Reply, StreamOwner {
  readonly #response: NodeResponse
  readonly #limits: StreamLimits
  #onAnswer: (() => void) | undefined
  #controller: AbortController | undefined
  #onLost: ((reason: Error) => void) | undefined

  /** `onAnswer` is called just before the answer begins. */
  constructor(response: NodeResponse, limits: StreamLimits, onAnswer: () => void) {
    this.#response = response
    this.#limits = limits
    this.#onAnswer = onAnswer
  }

  get gone(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      // Most answers are finished by then; an error with its stack would be the dearest part of them.
      const left = (): void => {
        if (!isFinished(this.#response)) this.#controller?.abort(new ConnectionClosed('The client is gone'))
      }
      if (isGone(this.#response)) left()
      else this.#response.once('close', left)
    }
    return this.#controller.signal
  }

  lost(reason: ConnectionClosed): void {
    if (isFinished(this.#response)) return
    this.#controller?.abort(reason)
    this.#onLost?.(reason)
    this.#onLost = undefined
  }

  #answering(): void {
    this.#onAnswer?.()
    // A stream may stay for days, and so would the request.
    this.#onAnswer = undefined
  }

  send(status: number, headers: Readonly<Record<string, string>>, body?: string): void {
    const response = this.#response
    if (isGone(response)) return
    this.#answering()
    if (body === undefined) {
      // Bodies of some statuses are forbidden, and so is a length for them.
      response.writeHead(status, status === 204 ? headers : { 'content-length': '0', ...headers })
      response.end()
      return
    }
    const size = Buffer.byteLength(body)
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': String(size), ...headers })
    // As text, for then the head and a small body are one write.
    if (size <= small) atTurnEnd(() => response.end(body))
    else {
      const out = new NodeEventStream(response, this.#limits, this)
      void out.write(body, true)
      out.end()
    }
  }

  stream(headers: Readonly<Record<string, string>>, lost?: (reason: Error) => void, stays = false): EventStream {
    const response = this.#response
    const gone = isGone(response)
    if (!gone) {
      this.#answering()
      response.writeHead(200, headers)
      if (stays && 'flushHeaders' in response) response.flushHeaders()
    }
    const out = new NodeEventStream(response, this.#limits, this)
    if (gone) out.leave()
    else this.#onLost = lost
    return out
  }
}
