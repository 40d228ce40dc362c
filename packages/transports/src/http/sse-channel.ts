import { ConnectionClosed, HttpFailure } from '@parley/core'
import { decode, encode } from '@parley/protocol'
import type { Arrival, Channel, Message } from '@parley/protocol'
import { Queue } from '../queue.ts'
import { Abort } from './abort.ts'
import { mediaType, readRefusal } from './body.ts'
import { isOk } from './carrier.ts'
import type { Answer } from './carrier.ts'
import { hearEvents } from './incoming.ts'
import { post } from './patience.ts'
import { eitherReply, eventStream, send } from './site.ts'
import type { Site } from './site.ts'
import type { ServerEvent } from './incoming.ts'

// What the first event must say within; a stream of another kind would never say it.
const greetingTime = 10_000

/** Where messages go: the URI of the `endpoint` event, on the stream's own origin and no other (K2). */
const endpointOf = (site: Site, data: string): URL => {
  if (!URL.canParse(data, site.url)) throw new ConnectionClosed('The server names an endpoint that is no URI')
  const url = new URL(data, site.url)
  if (url.origin === site.url.origin) return url
  throw new ConnectionClosed(`The server names an endpoint on another origin: ${url.origin}`)
}

/**
 * The client's end of the HTTP+SSE transport (2024-11-05, basic/transports): one stream down, POSTs up.
 *
 * The stream cannot be resumed, so that its end is the end of the channel.
 */
export class SseChannel implements Channel {
  readonly #site: Site
  readonly #arrivals = new Queue<Arrival>()
  readonly #abort = new Abort()
  #endpoint: URL | undefined

  constructor(site: Site) {
    this.#site = site
  }

  [Symbol.asyncIterator](): AsyncIterator<Arrival> {
    return this.#arrivals
  }

  /**
   * Opens the stream, and settles once its first event has said where to send; with false when there is no such stream.
   *
   * Rejects with `ConnectionClosed` when it is one, but breaks or leads elsewhere.
   */
  async open(): Promise<boolean> {
    const abort = this.#abort
    const late = new ConnectionClosed('The server did not say in time where to send messages')
    const timer = setTimeout(() => this.#close(late), greetingTime)
    try {
      const headers = new Map([['accept', eventStream]])
      const answer = await send(this.#site, { method: 'GET', headers, abort })
      if (isOk(answer) && mediaType(answer) === eventStream) return await this.#greeted(answer)
      answer.discard()
      return false
    } catch (error) {
      if (error instanceof HttpFailure) return false
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Settles with the first event; the stream goes on being read after that. */
  #greeted(answer: Answer): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const event = (heard: ServerEvent): boolean => {
        if (this.#endpoint !== undefined) this.#heard(heard)
        else if (heard.event !== 'endpoint') return true
        else this.#endpoint = endpointOf(this.#site, heard.data)
        resolve(true)
        return false
      }
      this.#read(answer, event).then(resolve, reject)
    })
  }

  /** Reads the stream to its end, which is the channel's. */
  async #read(answer: Answer, event: (heard: ServerEvent) => boolean): Promise<false> {
    try {
      const { maxMessage: limit, silence } = this.#site
      await hearEvents(answer, { name: 'GET', limit, silence, abort: this.#abort }, { event })
      // Nothing else tells the link that its server is gone.
      this.#close(this.#endpoint === undefined ? undefined : new ConnectionClosed('The server ended the stream'))
      return false
    } catch (error) {
      this.#close(error)
      throw error
    }
  }

  #heard({ data, event = 'message' }: ServerEvent): void {
    if (event !== 'message' || data === '') return
    const message = decode(data)
    // Nothing that cannot be read and asked for nothing is answered (T39); this revision has no batches.
    if (message.kind === 'batch' || (message.kind === 'broken' && message.id === undefined)) return
    this.#arrivals.push({ message })
  }

  async send(message: Message): Promise<void> {
    const headers = new Map([
      ['accept', eitherReply],
      ['content-type', 'application/json'],
    ])
    const url = this.#endpoint ?? this.#site.url
    const answer = await post(this.#site, { url, headers, body: encode(message), abort: this.#abort })
    if (!isOk(answer)) throw (await readRefusal(answer)).failure
    // The answer comes by the stream.
    answer.discard()
  }

  #close(reason?: unknown): void {
    const closed = reason instanceof ConnectionClosed ? reason : new ConnectionClosed('The connection was closed')
    this.#arrivals.end(reason)
    this.#abort.abort(closed)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#arrivals.drop()
    this.#close()
    return Promise.resolve()
  }
}
