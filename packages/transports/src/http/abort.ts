import type { Linked } from '@parley/core'
import type { RequestId } from '@parley/protocol'

/**
 * Gives up what is under way, as an `AbortController` does, for a request of our own: there is one for each, and most are
 * never used. A signal costs more than all the rest of it, so one is made only for those who need one.
 */
export class Abort implements Linked<Abort> {
  before: Abort | undefined
  after: Abort | undefined
  /** The request that it is for, if it is for one. */
  readonly id: RequestId | undefined
  /** Whether it was given up. */
  aborted = false
  /** Why; undefined before that. */
  reason: unknown
  readonly #listeners: (() => void)[] = []
  #controller: AbortController | undefined

  constructor(id?: RequestId) {
    this.id = id
  }

  /** The same for a platform's own interfaces. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.aborted) this.#controller.abort(this.reason)
    }
    return this.#controller.signal
  }

  /** Gives it up; once. */
  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    this.#controller?.abort(reason)
    while (this.#listeners.length > 0) this.#listeners.shift()?.()
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }

  /** Calls the listener once, when it is given up. */
  listen(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Calls it no more. */
  forget(listener: () => void): void {
    const at = this.#listeners.indexOf(listener)
    if (at >= 0) this.#listeners.splice(at, 1)
  }
}
