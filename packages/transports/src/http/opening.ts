import { ConnectionClosed } from '@parley/core'
import { decode } from '@parley/protocol'
import type { Message, RpcRequest } from '@parley/protocol'

// Read back, so that it stays what it was when its caller changes the params later.
const written = (body: string): RpcRequest | undefined => {
  const message = decode(body)
  return message.kind === 'request' ? message : undefined
}

/**
 * What a client has told a legacy server that the server has to remember, so that it can be told again.
 *
 * A new session knows neither the handshake, nor the log level, nor the subscriptions of the one that was lost.
 */
export class Opening {
  #initialize: RpcRequest | undefined
  #logLevel: RpcRequest | undefined
  readonly #subscriptions = new Map<unknown, RpcRequest | undefined>()
  #count = 0

  /** Takes in a message on its way out, as it is written. */
  note(message: Message, body: string): void {
    if (message.kind !== 'request') return
    const uri = message.params?.['uri']
    switch (message.method) {
      case 'initialize':
        this.#initialize = written(body)
        break
      case 'logging/setLevel':
        this.#logLevel = written(body)
        break
      case 'resources/subscribe':
        this.#subscriptions.set(uri, written(body))
        break
      case 'resources/unsubscribe':
        this.#subscriptions.delete(uri)
        break
      default:
    }
  }

  // A string, for the ids of the peer above are numbers, and none may come twice in a session (B2).
  #anew(request: RpcRequest): RpcRequest {
    this.#count += 1
    return { ...request, id: `again-${this.#count}` }
  }

  /** The handshake's request once more, under another id. */
  initialize(): RpcRequest {
    if (this.#initialize === undefined) throw new ConnectionClosed('There was no handshake that could be repeated')
    return this.#anew(this.#initialize)
  }

  /** The rest of what there is to say again, once the handshake is done. */
  rest(): RpcRequest[] {
    const kept = [this.#logLevel, ...this.#subscriptions.values()]
    return kept.flatMap((request) => (request === undefined ? [] : [this.#anew(request)]))
  }
}
