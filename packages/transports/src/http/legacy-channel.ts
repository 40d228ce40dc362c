import { ConnectionClosed, HttpFailure, InvalidResult, LinkedList } from '@parley/core'
import { decode, Encoded, encode, takesBatches } from '@parley/protocol'
import type { Arrival, Channel, Message, RequestId, RpcRequest } from '@parley/protocol'
import { Queue } from '../queue.ts'
import { Abort } from './abort.ts'
import { answerTo, mediaType, readMessageBody, readRefusal, refusalOf } from './body.ts'
import { isOk } from './carrier.ts'
import type { Answer } from './carrier.ts'
import { follow } from './follow.ts'
import { LegacySession } from './legacy-session.ts'
import { Opening } from './opening.ts'
import { eventStream } from './site.ts'
import type { Site } from './site.ts'

/** How a legacy session is kept up. */
export type LegacyOptions = {
  /** Whether to open a stream for what the server sends of its own accord. */
  readonly listen: boolean
  /** How often in a row a broken stream may fail to be resumed. */
  readonly tries: number
  /** Milliseconds that the server gets to say whether there is such a stream. */
  readonly greeting: number
  /** Milliseconds that opening a lost session anew may take. */
  readonly renewal: number
  /** Milliseconds that ending the session may take. */
  readonly farewell: number
}

/** What hears the messages that come back for one POST. */
type Sink = (message: Message) => void

const closed = (message = 'The connection was closed'): ConnectionClosed => new ConnectionClosed(message)

const isInitialize = (message: Message): boolean => message.kind === 'request' && message.method === 'initialize'

const holdsAnswer = (message: Message, id: RequestId): boolean =>
  message.kind === 'batch'
    ? message.messages.some((each) => holdsAnswer(each, id))
    : answerTo(id, message) !== undefined

/**
 * The client's end of a legacy session: many POSTs and one GET, seen as one channel (2025-11-25, basic/transports).
 *
 * Sending a request settles when its reply has been read to the end, so that a reply that breaks off fails its request.
 * When the server has forgotten the session it is opened anew, once for all, and what was refused for that is sent again.
 */
export class LegacyChannel implements Channel {
  readonly #site: Site
  readonly #options: LegacyOptions
  readonly #session: LegacySession
  readonly #opening = new Opening()
  readonly #arrivals = new Queue<Arrival>()
  readonly #aborts = new LinkedList<Abort>()
  #renewing: Promise<void> | undefined
  #listening: Abort | undefined
  #over: ConnectionClosed | undefined

  constructor(site: Site, options: LegacyOptions) {
    this.#site = site
    this.#options = options
    this.#session = new LegacySession(site)
  }

  [Symbol.asyncIterator](): AsyncIterator<Arrival> {
    return this.#arrivals
  }

  async send(message: Message): Promise<void> {
    if (this.#over !== undefined) throw this.#over
    // Written before anything is waited for: what the caller changes after that is none of the server's business.
    const body = encode(message)
    this.#opening.note(message, body)
    // While a new session is opened, what is cancelled is not on its way, and must not set out after that.
    if (this.#renewing !== undefined) this.#closeCancelled(message)
    try {
      await this.#deliver(message, body, (arrived) => this.#arrivals.push({ message: arrived }))
    } catch (error) {
      const isAnswer = message.kind === 'result' || message.kind === 'error' || message.kind === 'batch'
      // An answer that the server did not take is not to be sent again in other words.
      if (!isAnswer) throw error
      throw new ConnectionClosed('The server did not take an answer', { cause: error })
    } finally {
      this.#closeCancelled(message)
    }
    if (message.kind === 'notification' && message.method === 'notifications/initialized') await this.#listen()
  }

  /** A cancel is said, since closing a stream means nothing here (G11); once it was said, the stream is let go. */
  #closeCancelled(message: Message): void {
    if (message.kind !== 'notification' || message.method !== 'notifications/cancelled') return
    const id = message.params?.['requestId']
    if (id !== undefined)
      this.#aborts
        .all()
        .find((each) => each.id === id)
        ?.abort(closed())
  }

  /** Sends one message; `renewal` says that it belongs to the opening of a new session, and ends it. */
  async #deliver(message: Message, body: string, sink: Sink, renewal?: Abort): Promise<void> {
    const abort = new Abort(message.kind === 'request' ? message.id : undefined)
    this.#aborts.add(abort)
    const stop = (): void => abort.abort(renewal?.reason)
    renewal?.listen(stop)
    try {
      const inSession = renewal === undefined && !isInitialize(message)
      if (inSession) await this.#renewing?.catch(() => undefined)
      if (this.#over !== undefined) throw this.#over
      const session = inSession ? this.#session.id : undefined
      if (await this.#taken(message, body, sink, abort, session)) return
      // MUST (2025-11-25, basic/transports#session-management): a 404 ends the session, and a new one begins (G3).
      await this.#renew(session)
      await this.#taken(message, body, sink, abort)
    } finally {
      renewal?.forget(stop)
      this.#aborts.delete(abort)
    }
  }

  /** POSTs one message; settles with false when the server does not know the session any more. */
  async #taken(message: Message, body: string, sink: Sink, abort: Abort, session?: string): Promise<boolean> {
    const answer = await this.#session.post(body, abort, isInitialize(message))
    if (isOk(answer)) {
      await this.#accepted(message, answer, abort, sink)
      return true
    }
    const refusal = await readRefusal(answer)
    const error = message.kind === 'request' ? refusalOf(message.id, refusal) : undefined
    // A method that is not found is no session that is not found (3.1 #2).
    if (session !== undefined && answer.status === 404 && error?.error.code !== -32601) return false
    if (error === undefined) throw refusal.failure
    sink(error)
    return true
  }

  async #accepted(message: Message, answer: Answer, abort: Abort, sink: Sink): Promise<void> {
    if (message.kind !== 'request') return answer.discard()
    const { id, method } = message
    let answered = false
    const take = (arrived: Message): boolean => {
      const read = arrived.kind === 'batch' ? arrived : (answerTo(id, arrived) ?? arrived)
      if (method === 'initialize') this.#begin(read, id, answer)
      if (!this.#isWelcome(read)) return answered
      answered ||= holdsAnswer(read, id)
      sink(read)
      return answered
    }
    if (mediaType(answer) === eventStream) await this.#follow(message, answer, abort, (data) => take(decode(data)))
    else take(await readMessageBody(answer, method, this.#site.maxMessage))
    if (!answered) throw new InvalidResult(method, 'what came back is not the answer to this request')
  }

  #begin(message: Message, id: RequestId, answer: Answer): void {
    if (message.kind !== 'result' || message.id !== id || message.result instanceof Encoded) return
    this.#session.begin(message.result, answer)
  }

  /** What cannot be read and asked for nothing gets no answer, nor does what this revision does not have (T39). */
  #isWelcome(message: Message): boolean {
    if (message.kind === 'batch') return takesBatches(this.#session.version)
    return message.kind !== 'broken' || message.id !== undefined
  }

  /** Follows a request's reply across its breaks, always by GET (G8). */
  async #follow({ method }: RpcRequest, first: Answer, abort: Abort, hear: (data: string) => boolean): Promise<void> {
    const session = this.#session.id
    const open = async (lastId: string | undefined, each: Abort): Promise<Answer> => {
      // The new session may know that event id, too: as one of another stream.
      if (this.#session.id !== session) throw new Error('The session that it belongs to is gone')
      return this.#session.stream(lastId, each)
    }
    const reading = { name: method, limit: this.#site.maxMessage, silence: this.#site.silence, abort }
    let answered = false
    try {
      answered = await follow({ ...reading, first, standing: false, tries: this.#options.tries, open, hear })
    } catch (cause) {
      if (abort.aborted || cause instanceof InvalidResult) throw cause
      throw new ConnectionClosed(`The stream broke before ${method} was answered, and is lost`, { cause })
    }
    if (!answered) throw closed(`The stream ended before ${method} was answered`)
  }

  /**
   * Opens the stream for what the server sends of its own accord; it need not offer one (G1).
   *
   * Settles when the server has answered, but does not wait for long. Whoever goes on sooner may miss what the server
   * sends at once, for it has nowhere to send it.
   */
  async #listen(): Promise<void> {
    this.#listening?.abort(closed())
    if (!this.#options.listen || this.#over !== undefined) return
    const abort = new Abort()
    this.#listening = abort
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.greeting)
      void this.#stand(abort, resolve)
    })
    clearTimeout(timer)
  }

  /** Follows the standing stream for as long as there is one. */
  async #stand(abort: Abort, tried: () => void): Promise<void> {
    const session = this.#session.id
    let opened = false
    const open = async (lastId: string | undefined, each: Abort): Promise<Answer> => {
      try {
        const answer = await this.#session.stream(lastId, each)
        opened = true
        return answer
      } finally {
        tried()
      }
    }
    const hear = (data: string): boolean => this.#heard(decode(data))
    try {
      const { maxMessage: limit, silence } = this.#site
      await follow({ name: 'GET', limit, silence, abort, standing: true, tries: Infinity, open, hear })
    } catch (error) {
      const lost = opened && error instanceof HttpFailure && error.status === 404 && !abort.aborted
      // Where a stream was and is none now, the session is gone. What fails here, the next request meets again.
      if (lost && session !== undefined) await this.#renew(session).catch(() => undefined)
    }
  }

  #heard(message: Message): false {
    // MUST NOT (2025-11-25, basic/transports): responses come by the streams of their own requests (G6).
    const isOwn = message.kind === 'request' || message.kind === 'notification' || message.kind === 'batch'
    if (isOwn && this.#isWelcome(message)) this.#arrivals.push({ message })
    return false
  }

  /** Opens a new session in place of a lost one; all that find it lost share one opening. */
  #renew(lost: string | undefined): Promise<void> {
    if (this.#session.id !== lost) return this.#renewing ?? Promise.resolve()
    this.#renewing ??= this.#openAgain().finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  async #openAgain(): Promise<void> {
    const renewal = new Abort()
    const late = closed(`The server forgot the session, and opened no other within ${this.#options.renewal} ms`)
    const timer = setTimeout(() => renewal.abort(late), this.#options.renewal)
    const { version } = this.#session
    try {
      let answer: Message | undefined
      const tell = (message: Message): Promise<void> =>
        this.#deliver(message, encode(message), (arrived) => (answer = arrived), renewal)
      await tell(this.#opening.initialize())
      // What both sides know of one another was settled with the session that is gone, and cannot change under them.
      if (answer?.kind !== 'result' || this.#session.version !== version) throw this.#give(answer)
      await tell({ kind: 'notification', method: 'notifications/initialized', params: undefined })
      // One after another: what is refused now was perhaps withdrawn meanwhile, and spoils nothing else.
      for (const request of this.#opening.rest()) await tell(request).catch(() => undefined)
    } finally {
      clearTimeout(timer)
    }
    await this.#listen()
  }

  /** Ends the channel: the server is there, but goes on with nothing that was agreed. */
  #give(answer: Message | undefined): ConnectionClosed {
    const why = answer?.kind === 'error' ? answer.error.message : 'it now speaks another revision'
    this.#over = closed(`The server forgot the session and opens no other like it: ${why}`)
    this.#arrivals.end(this.#over)
    return this.#over
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = this.#over ?? closed()
    this.#over = reason
    this.#arrivals.drop()
    // First, so that the server ends the streams itself: a connection that is cut cannot be used again.
    await this.#session.end(this.#options.farewell)
    this.#listening?.abort(reason)
    for (const abort of this.#aborts.all()) abort.abort(reason)
  }
}
