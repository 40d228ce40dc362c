import type { JsonObject } from '@parley/core'
import type { Question } from '@parley/protocol'
import type { Context } from '@parley/server'

/** Where a call behind has come to: it has its result, or cannot go on without answers. */
export type Step = { readonly result: JsonObject } | { readonly questions: Record<string, Question> }

type Open = {
  readonly question: Question
  readonly settle: (answer: JsonObject) => void
  readonly fail: (reason: unknown) => void
}

/**
 * One call of the server behind, kept alive while its caller is asked.
 *
 * The two sides need not speak the same era: a question that comes live is handed out as input that is required, and what
 * comes back with the next round is the answer to it. Nothing is called twice.
 */
export class Talk {
  readonly #open = new Map<string, Open>()
  readonly #controller = new AbortController()
  #asked = 0
  #end: { readonly result: JsonObject } | { readonly error: unknown } | undefined
  #wake: (() => void) | undefined
  #ctx: Context

  /** `run` makes the call; it hands the talk's signal on, and puts its questions by `ask`. */
  constructor(ctx: Context, run: (talk: Talk) => Promise<JsonObject>) {
    this.#ctx = ctx
    run(this).then(
      (result) => this.#finish({ result }),
      (error: unknown) => this.#finish({ error }),
    )
  }

  /** The round under way, or the last one. */
  get ctx(): Context {
    return this.#ctx
  }

  /** Aborts when nobody waits for the call any more. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Goes on in another round, with the answers that it brought. */
  resume(ctx: Context): void {
    this.#ctx = ctx
    for (const [key, answer] of ctx.call.input.answers) this.#open.get(key)?.settle(answer)
  }

  /** Puts a question to the caller. Rejects when it is withdrawn, or when nobody waits any more. */
  ask(question: Question, withdrawn: AbortSignal): Promise<JsonObject> {
    const key = `q${(this.#asked += 1)}`
    return new Promise((resolve, reject) => {
      const end = (): void => {
        withdrawn.removeEventListener('abort', withdraw)
        this.#open.delete(key)
      }
      const fail = (reason: unknown): void => {
        end()
        reject(reason)
      }
      const withdraw = (): void => fail(withdrawn.reason)
      if (this.#controller.signal.aborted) return reject(this.#controller.signal.reason)
      if (withdrawn.aborted) return reject(withdrawn.reason)
      withdrawn.addEventListener('abort', withdraw, { once: true })
      const settle = (answer: JsonObject): void => {
        end()
        resolve(answer)
      }
      this.#open.set(key, { question, settle, fail })
      this.#wake?.()
    })
  }

  /** Settles with the result or the questions that are open; rejects with what the call failed with. One at a time. */
  async step(): Promise<Step> {
    while (this.#end === undefined && this.#open.size === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#end === undefined) {
      return { questions: Object.fromEntries([...this.#open].map(([key, { question }]) => [key, question])) }
    }
    if ('error' in this.#end) throw this.#end.error
    return this.#end
  }

  /** Gives the call up, and what it asks. */
  abort(reason: unknown): void {
    if (this.#controller.signal.aborted || this.#end !== undefined) return
    this.#controller.abort(reason)
    for (const { fail } of this.#open.values()) fail(reason)
  }

  #finish(end: { readonly result: JsonObject } | { readonly error: unknown }): void {
    this.#end = end
    const over = new Error('The call that asked was answered')
    for (const { fail } of this.#open.values()) fail(over)
    this.#wake?.()
  }
}
