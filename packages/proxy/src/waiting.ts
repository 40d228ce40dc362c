import { internalError } from '@parley/core'
import type { Talk } from './talk.ts'

/** Calls that wait between two rounds, each for its caller to come back. */
export class Waiting {
  readonly #talks = new Map<string, { readonly talk: Talk; readonly timer: ReturnType<typeof setTimeout> }>()
  readonly #patience: number
  readonly #most: number

  constructor(patience: number, most: number) {
    this.#patience = patience
    this.#most = most
  }

  /** How many wait. */
  get size(): number {
    return this.#talks.size
  }

  /** Keeps a call, and gives what it is found by: 128 random bits. Throws where too many wait. */
  keep(talk: Talk): string {
    if (this.#talks.size >= this.#most) {
      const crowded = internalError('Too many calls wait for input; call again later', { retry: true })
      talk.abort(crowded)
      throw crowded
    }
    const id = crypto.randomUUID()
    const forget = (): void => {
      this.#talks.delete(id)
      talk.abort(new DOMException('Nobody came back with the answers', 'TimeoutError'))
    }
    this.#talks.set(id, { talk, timer: setTimeout(forget, this.#patience) })
    return id
  }

  /** Gives a call back, once; undefined for what is not here. */
  take(id: unknown): Talk | undefined {
    if (typeof id !== 'string') return undefined
    const kept = this.#talks.get(id)
    if (kept === undefined) return undefined
    clearTimeout(kept.timer)
    this.#talks.delete(id)
    return kept.talk
  }

  /** Gives every call up. */
  close(): void {
    for (const [id, { talk, timer }] of this.#talks) {
      clearTimeout(timer)
      this.#talks.delete(id)
      talk.abort(new Error('The proxy was closed'))
    }
  }
}
