import { invalidParams, isObject, RpcError } from '@parley/core'
import type { JsonObject, LoggingMessageParams } from '@parley/core'
import type { AskContext, CallOptions } from '@parley/client'
import { InputRequired } from '@parley/protocol'
import type { Call, Question } from '@parley/protocol'
import type { Context, HandlerResult } from '@parley/server'
import { Talk } from './talk.ts'
import type { Waiting } from './waiting.ts'

const mostOrphans = 100

/** Makes a call of the server behind. */
export type Send = (call: Call, params: JsonObject, options: CallOptions) => Promise<JsonObject>

/** A question that came up outside of any call, and waits for the next one. */
type Orphan = { readonly adopt: (talk: Talk) => void }

/** The calls under way in which the server behind may ask, and the way of each question to the caller it is meant for. */
export class Conversations {
  readonly #send: Send
  readonly #waiting: Waiting
  // By the very object that the call behind is made with: a modern question comes with it.
  readonly #talks = new Map<JsonObject, Talk>()
  readonly #orphans = new Set<Orphan>()

  constructor(send: Send, waiting: Waiting) {
    this.#send = send
    this.#waiting = waiting
  }

  /** Whether nothing is under way. */
  get idle(): boolean {
    return this.#talks.size === 0 && this.#waiting.size === 0
  }

  /** Answers one round of a call: with its result, or with what the server behind asks meanwhile. */
  async answer(call: Call, ctx: Context): Promise<HandlerResult> {
    const { state } = call.input
    const kept = isObject(state) ? this.#waiting.take(state['talk']) : undefined
    if (state !== undefined && kept === undefined)
      throw invalidParams('The call that this goes on with is gone; call afresh')
    kept?.resume(ctx)
    const talk = kept ?? this.#begin(call, ctx)
    const { signal } = call.exchange
    // A modern call is over for its caller between two rounds; a legacy one is not, and may be cancelled then.
    signal.addEventListener('abort', () => talk.abort(signal.reason), { once: true })
    const step = await talk.step()
    if ('result' in step) return step.result
    return new InputRequired({ requests: step.questions, state: { talk: this.#waiting.keep(talk) } })
  }

  #begin(call: Call, ctx: Context): Talk {
    const params = { ...call.params }
    const run = async (talk: Talk): Promise<JsonObject> => {
      this.#talks.set(params, talk)
      try {
        return await this.#send(call, params, this.#options(call, talk))
      } finally {
        this.#talks.delete(params)
      }
    }
    const talk = new Talk(ctx, run)
    for (const { adopt } of this.#orphans) adopt(talk)
    this.#orphans.clear()
    return talk
  }

  #options(call: Call, talk: Talk): CallOptions {
    return {
      signal: talk.signal,
      logLevel: call.caller.logLevel,
      onLog: ({ level, data, logger }) => talk.ctx.log(level, data, logger),
      onProgress:
        call.meta['progressToken'] === undefined
          ? undefined
          : ({ progress, total, message }) => talk.ctx.progress(progress, total, message),
    }
  }

  /** Hands on a log line that belongs to no call in particular: to whoever called last. */
  log({ level, data, logger }: LoggingMessageParams): void {
    this.#last()?.ctx.log(level, data, logger)
  }

  /**
   * Puts a question of the server behind to the caller of the call that it came up in. A legacy server does not say which
   * that is: it is the call that was made last, or where there is none, the next one.
   */
  ask(question: Question, { call, signal }: AskContext): Promise<JsonObject> {
    const talk = (call === undefined ? undefined : this.#talks.get(call.params)) ?? this.#last()
    return talk === undefined ? this.#askNext(question, signal) : talk.ask(question, signal)
  }

  #last(): Talk | undefined {
    return [...this.#talks.values()].at(-1)
  }

  #askNext(question: Question, signal: AbortSignal): Promise<JsonObject> {
    if (this.#orphans.size >= mostOrphans) throw new RpcError(-32603, 'Too many questions wait for a call')
    return new Promise((resolve, reject) => {
      const orphan: Orphan = { adopt: (talk) => void talk.ask(question, signal).then(resolve, reject) }
      const withdraw = (): void => {
        if (this.#orphans.delete(orphan)) reject(signal.reason)
      }
      this.#orphans.add(orphan)
      signal.addEventListener('abort', withdraw, { once: true })
    })
  }
}
