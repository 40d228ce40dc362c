import { principalKey } from '@parley/core'
import type { Principal } from '@parley/core'

/** How many requests may be served at once. */
export type AdmissionLimits = { readonly total: number; readonly perPrincipal: number }

/** Counts the requests that are being served, in all and of each verified principal. */
export class Admissions {
  readonly #limits: AdmissionLimits
  readonly #byPrincipal = new Map<string, number>()
  #total = 0
  #expected = 0
  #idle: (() => void) | undefined

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  /** How many are being served. */
  get size(): number {
    return this.#total
  }

  /** Whether `enter` would let nobody of this principal in. */
  full(principal: Principal | undefined): boolean {
    return this.#isFull(principalKey(principal))
  }

  #isFull(key: string): boolean {
    const { total, perPrincipal } = this.#limits
    return this.#total >= total || (key !== '' && (this.#byPrincipal.get(key) ?? 0) >= perPrincipal)
  }

  /** Notes that a request is coming: it takes nobody's place, but is waited for until `arrived`. */
  expect(): void {
    this.#expected += 1
  }

  /** Notes that one that was coming is here, or never will be. */
  arrived(): void {
    this.#expected -= 1
    this.#look()
  }

  /** Lets one request in, and gives what lets it out again, once; undefined where there are too many. */
  enter(principal: Principal | undefined): (() => void) | undefined {
    const key = principalKey(principal)
    if (this.#isFull(key)) return undefined
    this.#total += 1
    if (key !== '') this.#byPrincipal.set(key, (this.#byPrincipal.get(key) ?? 0) + 1)
    let inside = true
    return () => {
      if (inside) this.#leave(key)
      inside = false
    }
  }

  #leave(key: string): void {
    this.#total -= 1
    this.#look()
    const left = (this.#byPrincipal.get(key) ?? 0) - 1
    if (left > 0) this.#byPrincipal.set(key, left)
    else this.#byPrincipal.delete(key)
  }

  #look(): void {
    if (this.#total + this.#expected === 0) this.#idle?.()
  }

  /** Settles when none is being served or coming any more, or after so many milliseconds. */
  async emptied(patience: number): Promise<void> {
    if (this.#total + this.#expected === 0 || patience <= 0) return
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      this.#idle = resolve
      timer = setTimeout(resolve, patience)
    })
    clearTimeout(timer)
  }
}
