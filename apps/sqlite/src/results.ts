import { randomBytes } from 'node:crypto'
import { principalKey } from '@parley/core'
import type { Principal } from '@parley/core'

/** A result that was put aside to be fetched. */
export type Kept = { readonly mimeType: string; readonly text: string }

type Held = Kept & { readonly owner: string; readonly until: number }

/** How much is kept, and for how long. */
export type ResultsOptions = {
  /** Milliseconds. @default 600_000 */
  readonly lifetime?: number
  /** @default 16 */
  readonly most?: number
  /** Characters of all results together. @default 33_554_432 */
  readonly size?: number
  /** The clock, in milliseconds. @default Date.now */
  readonly now?: () => number
}

/** Large results, each for whoever asked for it and for ten minutes; the oldest make room for new ones. */
export class Results {
  readonly #limits: Required<ResultsOptions>
  readonly #held = new Map<string, Held>()

  constructor(options: ResultsOptions = {}) {
    this.#limits = { lifetime: 600_000, most: 16, size: 33_554_432, now: Date.now, ...options }
  }

  /** Puts a result aside and gives back the id under which its owner finds it. */
  keep(result: Kept, principal: Principal | undefined): string {
    const { lifetime, most, size, now } = this.#limits
    const id = randomBytes(16).toString('base64url')
    this.#held.set(id, { ...result, owner: principalKey(principal), until: now() + lifetime })
    this.#forgetStale()
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= most && this.#size() <= size) break
      // The new one stays, whatever its size: what makes it bounds it.
      if (oldest !== id) this.#held.delete(oldest)
    }
    return id
  }

  /** The result of an id; undefined for one that is gone, and for one that is somebody else's. */
  find(id: string, principal: Principal | undefined): Kept | undefined {
    this.#forgetStale()
    const held = this.#held.get(id)
    return held?.owner === principalKey(principal) ? held : undefined
  }

  #size(): number {
    return [...this.#held.values()].reduce((sum, { text }) => sum + text.length, 0)
  }

  #forgetStale(): void {
    const now = this.#limits.now()
    for (const [id, { until }] of this.#held) if (until <= now) this.#held.delete(id)
  }
}
