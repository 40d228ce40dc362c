import { ConnectionClosed } from '@parley/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { refused } from '../deferred.ts'
import { Outbox } from '../stdio/outbox.ts'
import type { MailboxLimits } from './mailbox.ts'
import type { EventStream, Head, Reply } from './wire.ts'

/** The head of a request as `node:http` read it. */
export class NodeHead implements Head {
  readonly method: string
  readonly path: string
  readonly #request: IncomingMessage
  #repeated: ReadonlySet<string> | undefined

  constructor(request: IncomingMessage) {
    const { method = 'GET', url = '/' } = request
    const query = url.indexOf('?')
    this.method = method
    this.path = query < 0 ? url : url.slice(0, query)
    this.#request = request
  }

  header(name: string): string | undefined {
    const { headers } = this.#request
    // Over HTTP/2 the host stands in a pseudo-header.
    const key = name === 'host' && !Object.hasOwn(headers, name) ? ':authority' : name
    const value = Object.hasOwn(headers, key) ? headers[key] : undefined
    return Array.isArray(value) ? value.join(', ') : value
  }

  // `headers` keeps the first line of some names and joins those of others; only the raw ones are all there.
  repeated(name: string): boolean {
    this.#repeated ??= repeatedIn(this.#request.rawHeaders)
    return this.#repeated.has(name)
  }
}

const repeatedIn = (rawHeaders: readonly string[]): ReadonlySet<string> => {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    if (seen.has(name)) repeated.add(name)
    else seen.add(name)
  }
  return repeated
}

// What a socket takes at once even of a client that reads nothing.
const small = 65_536

// The longest that a timer takes: whoever is too slow is cut off long before.
const longest = 0x7fffffff

// So many times in a row the socket must report that nothing moves.
const looks = 4

/** Cuts off a client that takes nothing for so many milliseconds, a quarter more at most, although something waits for it. */
const cutWhenStuck = (response: ServerResponse, stall: number): void => {
  // The socket's own timer knows of progress inside one large write, which nobody else can see. But it only knows that
  // there was some since it looked last, so that one look alone could come after twice the time.
  const period = stall / looks
  let still = 0
  let last = -Infinity
  response.setTimeout(period, () => {
    const now = performance.now()
    still = now - last < 1.5 * period ? still + 1 : 1
    last = now
    if (response.writableLength === 0) still = 0
    else if (still >= looks) response.destroy()
    else response.setTimeout(period)
  })
}

class NodeEventStream implements EventStream {
  readonly #response: ServerResponse
  readonly #outbox: Outbox
  readonly #onGone: (reason: ConnectionClosed) => void
  #over: ConnectionClosed | undefined

  constructor(
    response: ServerResponse,
    { softLimit, stall }: MailboxLimits,
    onGone: (reason: ConnectionClosed) => void,
  ) {
    this.#response = response
    this.#onGone = onGone
    this.#outbox = new Outbox(response, { softLimit, hardLimit: Infinity }, (cause) => this.#break(cause))
    cutWhenStuck(response, stall)
  }

  write(text: string): Promise<void> {
    if (this.#over === undefined && this.#outbox.broken) this.#break(undefined)
    if (this.#over !== undefined) return refused(this.#over)
    return this.#outbox.write(text)
  }

  end(): void {
    if (this.#over !== undefined) return
    this.#over = new ConnectionClosed('The stream has ended')
    const finish = (): void => {
      if (!this.#outbox.broken) this.#response.end()
    }
    this.#outbox.flushed(longest).then(finish, finish)
  }

  #break(cause: unknown): void {
    this.#over ??= new ConnectionClosed('The client is gone', { cause })
    // First of all, so that whoever is refused finds the signal aborted already.
    this.#onGone(this.#over)
    this.#outbox.fail(this.#over)
    this.#response.destroy()
  }
}

/** A reply written straight to a response of `node:http`. */
export class NodeReply implements Reply {
  readonly #response: ServerResponse
  readonly #limits: MailboxLimits
  readonly #onAnswer: () => void
  #controller: AbortController | undefined

  /** `onAnswer` is called just before the answer begins. */
  constructor(response: ServerResponse, limits: MailboxLimits, onAnswer: () => void) {
    this.#response = response
    this.#limits = limits
    this.#onAnswer = onAnswer
  }

  get gone(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      const left = (): void => this.#leave(new ConnectionClosed('The client is gone'))
      if (this.#response.destroyed || this.#response.closed) left()
      else this.#response.once('close', left)
    }
    return this.#controller.signal
  }

  #leave(reason: ConnectionClosed): void {
    if (!this.#response.writableFinished) this.#controller?.abort(reason)
  }

  send(status: number, headers: Readonly<Record<string, string>>, body?: string): void {
    const response = this.#response
    if (response.destroyed) return
    this.#onAnswer()
    if (body === undefined) {
      // Bodies of some statuses are forbidden, and so is a length for them.
      response.writeHead(status, status === 204 ? headers : { 'content-length': '0', ...headers })
      response.end()
      return
    }
    const size = Buffer.byteLength(body)
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': String(size), ...headers })
    if (size > small) cutWhenStuck(response, this.#limits.stall)
    // As text, for then the head and a small body are one write.
    response.end(body)
  }

  stream(headers: Readonly<Record<string, string>>): EventStream {
    const response = this.#response
    if (!response.destroyed) {
      this.#onAnswer()
      response.writeHead(200, headers)
      response.flushHeaders()
    }
    return new NodeEventStream(response, this.#limits, (reason) => this.#leave(reason))
  }
}
