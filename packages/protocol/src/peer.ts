import type { JsonObject } from '@parley/core'
import { Answering } from './answering.ts'
import { Asking } from './asking.ts'
import type { Channel } from './channel.ts'
import type { Link, RequestOptions, Responder } from './exchange.ts'
import { InFlight } from './in-flight.ts'
import { settingsOf } from './peer-options.ts'
import type { PeerOptions } from './peer-options.ts'
import { PeerSession } from './session.ts'
import type { Session } from './session.ts'

/**
 * Turns a channel into exchanges: pairs answers with requests, both ways at once.
 *
 * It starts reading when it is made, and is a `Link` for requests of one's own. It ends when the channel does or when
 * it is disposed, whichever comes first; then every request still out rejects with `ConnectionClosed`, every exchange
 * being served is aborted, and `closed` settles.
 */
export class Peer implements Link {
  readonly #session: PeerSession
  readonly #asking: Asking
  readonly #answering: Answering

  constructor(channel: Channel, responder: Responder, options: PeerOptions = {}) {
    const session = new PeerSession(options.sessionId, channel)
    const serving = new InFlight()
    const asking = new Asking(channel, session, serving)
    this.#session = session
    this.#asking = asking
    this.#answering = new Answering({ channel, responder, session, serving, asking }, settingsOf(options))
    this.#answering.start()
  }

  /** The legacy session that `initialize` on this road opens; blank until then. */
  get session(): Session {
    return this.#session
  }

  /** How many requests of this side wait for an answer. */
  get pending(): number {
    return this.#asking.size
  }

  /** Settles when the road is gone, with the reason if it broke. */
  get closed(): Promise<unknown> {
    return this.#answering.closed
  }

  request(method: string, params: JsonObject, options: RequestOptions = {}): Promise<JsonObject> {
    const answer = this.#asking.ask(method, params, options)
    if (method !== 'initialize') return answer
    return answer.then((result) => {
      // What the far side settled on holds for what it sends, too: 2025-03-26 lets it send batches (B4).
      if (typeof result['protocolVersion'] === 'string') this.session.state.version = result['protocolVersion']
      return result
    })
  }

  async notify(method: string, params?: JsonObject): Promise<void> {
    return this.#asking.send({ kind: 'notification', method, params })
  }

  /** Closes the road and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#answering.close()
    await this.closed
  }
}
