import { isObject, RpcError } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { Connectable } from '@parley/client'
import { Encoded, errorObject, metaOf } from '@parley/protocol'
import type { Dial, Exchange, Link, RequestId, RequestOptions, Responder, RpcResponse } from '@parley/protocol'
import { reasonOf } from './offers.ts'
import { eraOf } from './transcript.ts'
import type { Transcript } from './transcript.ts'

const withToken = (params: JsonObject, id: RequestId): JsonObject => ({
  ...params,
  _meta: { ...metaOf(params), progressToken: id },
})

/** What a request is about, where its params name it. */
const subjectOf = ({ name, uri }: JsonObject): { about?: string } => {
  const subject = name ?? uri
  return typeof subject === 'string' ? { about: subject } : {}
}

/** One request of ours on its way: what is sent, what is heard meanwhile, and how it ends. */
class Asking {
  readonly #transcript: Transcript
  readonly #method: string
  readonly #params: JsonObject
  readonly #era: 'legacy' | 'modern'
  readonly #start = performance.now()
  readonly #round: number | undefined
  #id: RequestId | undefined

  constructor(transcript: Transcript, method: string, params: JsonObject) {
    this.#transcript = transcript
    this.#method = method
    this.#params = params
    this.#era = eraOf(method, params)
    this.#round = transcript.roundOf(params)
  }

  /** The same options, with an ear of our own on what they are told. */
  options(options: RequestOptions): RequestOptions {
    const { onSend, onProgress, onNotification } = options
    return {
      ...options,
      onSend: (id) => {
        this.#sent(id, onProgress !== undefined)
        onSend?.(id)
      },
      // Giving it asks for progress, so it is given only where it was.
      ...(onProgress === undefined
        ? {}
        : {
            onProgress: (params) => {
              this.#heard('notifications/progress', params)
              onProgress(params)
            },
          }),
      ...(onNotification === undefined
        ? {}
        : {
            onNotification: (notification) => {
              this.#heard(notification.method, notification.params)
              onNotification(notification)
            },
          }),
    }
  }

  #about(): { method: string; about?: string; id?: RequestId; round?: number } {
    return {
      method: this.#method,
      ...subjectOf(this.#params),
      ...(this.#id === undefined ? {} : { id: this.#id }),
      ...(this.#round === undefined ? {} : { round: this.#round }),
    }
  }

  #sent(id: RequestId, wantsProgress: boolean): void {
    this.#id = id
    const params = wantsProgress ? withToken(this.#params, id) : this.#params
    const message = { id, method: this.#method, params }
    this.#transcript.record({ direction: 'out', kind: 'request', era: this.#era, ...this.#about(), message })
  }

  #heard(method: string, params: JsonObject | undefined): void {
    const message = { method, params }
    this.#transcript.record({ direction: 'in', kind: 'notification', era: this.#era, method, message })
  }

  /** Records what came of it; a failure of the road, or giving up, is no message. */
  ended(outcome: { readonly result: JsonObject } | { readonly error: unknown }): void {
    const milliseconds = performance.now() - this.#start
    const passing = { direction: 'in', era: this.#era, milliseconds, ...this.#about() } as const
    if ('result' in outcome) {
      const asksAgain = outcome.result['resultType'] === 'input_required'
      const round = this.#round ?? (asksAgain ? 1 : undefined)
      const message = { id: this.#id, result: outcome.result }
      this.#transcript.record({ ...passing, ...(round === undefined ? {} : { round }), kind: 'result', message })
      return this.#transcript.keepRound(outcome.result, round ?? 1)
    }
    const { error } = outcome
    if (error instanceof RpcError) {
      const message = { id: this.#id, error: errorObject(error) }
      return this.#transcript.record({ ...passing, kind: 'error', message })
    }
    this.#transcript.remark(`Given up: ${reasonOf(error)}`, this.#era, this.#about())
  }
}

/** What is known of one road: notifications do not name their era, so they have that of the last request. */
type Road = { era: 'legacy' | 'modern' }

const tapLink = (link: Link, transcript: Transcript, road: Road): Link => ({
  closed: link.closed,
  request: async (method, params, options = {}) => {
    road.era = eraOf(method, params)
    const asking = new Asking(transcript, method, params)
    try {
      const result = await link.request(method, params, asking.options(options))
      asking.ended({ result })
      return result
    } catch (error) {
      asking.ended({ error })
      throw error
    }
  },
  notify: (method, params) => {
    const message = { method, params }
    transcript.record({ direction: 'out', kind: 'notification', era: road.era, method, message })
    return link.notify(method, params)
  },
  [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
})

const bodyOf = (response: RpcResponse): JsonObject => {
  if (response.kind === 'error') return { id: response.id, error: response.error }
  const { id, result } = response
  const read: unknown = result instanceof Encoded ? JSON.parse(result.text) : result
  return { id, result: isObject(read) ? read : {} }
}

const tapResponder = (responder: Responder, transcript: Transcript, road: Road): Responder => ({
  respond: async (exchange: Exchange) => {
    const { id, method, params } = exchange.request
    const start = performance.now()
    const about = { era: road.era, method, id }
    transcript.record({ direction: 'in', kind: 'request', ...about, message: { id, method, params } })
    const response = await responder.respond(exchange)
    if (response === undefined) return undefined
    const { kind } = response
    const milliseconds = performance.now() - start
    transcript.record({ direction: 'out', kind, ...about, milliseconds, message: bodyOf(response) })
    return response
  },
  hear: (notification, session) => {
    const { method, params } = notification
    transcript.record({ direction: 'in', kind: 'notification', era: road.era, method, message: { method, params } })
    responder.hear(notification, session)
  },
})

/** The same way to a server, with every message that passes written into a transcript. */
export const tapped = (target: Dial | Connectable, transcript: Transcript): Connectable => {
  const dial: Dial = typeof target === 'function' ? target : (responder, signal) => target.dial(responder, signal)
  const verdict =
    typeof target === 'function' || target.verdict === undefined
      ? {}
      : { verdict: (error: unknown) => target.verdict?.(error) ?? ('none' as const) }
  return {
    ...verdict,
    dial: async (responder, signal) => {
      const road: Road = { era: 'modern' }
      return tapLink(await dial(tapResponder(responder, transcript, road), signal), transcript, road)
    },
  }
}
