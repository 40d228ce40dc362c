import { principalKey } from '@parley/core'
import type { Principal } from '@parley/core'

/** How many requests may be served at once. */
export type AdmissionLimits = { readonly total: number; readonly perPrincipal: number }

/** Counts the requests that are being served, in all and of each verified principal. */
export class Admissions {
  readonly #limits: AdmissionLimits
  readonly #byPrincipal = new Map<string, number>()
  #total = 0
  #idle: (() => void) | undefined

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  /** How many are being served. */
  get size(): number {
    return this.#total
  }

  /** Lets one request in, and gives what lets it out again, once; undefined where there are too many. */
  enter(principal: Principal | undefined): (() => void) | undefined {
    const key = principalKey(principal)
    const held = this.#byPrincipal.get(key) ?? 0
    if (this.#total >= this.#limits.total || (key !== '' && held >= this.#limits.perPrincipal)) return undefined
    this.#total += 1
    if (key !== '') this.#byPrincipal.set(key, held + 1)
    let inside = true
    return () => {
      if (inside) this.#leave(key)
      inside = false
    }
  }

  #leave(key: string): void {
    this.#total -= 1
    if (this.#total === 0) this.#idle?.()
    const left = (this.#byPrincipal.get(key) ?? 0) - 1
    if (left > 0) this.#byPrincipal.set(key, left)
    else this.#byPrincipal.delete(key)
  }

  /** Settles when none is being served any more, or after so many milliseconds. */
  async emptied(patience: number): Promise<void> {
    if (this.#total === 0 || patience <= 0) return
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      this.#idle = resolve
      timer = setTimeout(resolve, patience)
    })
    clearTimeout(timer)
  }
}
