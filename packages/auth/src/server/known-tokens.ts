import type { Awaitable, Principal } from '@parley/core'
import { leeway } from './judge.ts'
import { isFault } from './token.ts'
import type { TokenFault } from './token.ts'

/** How long and how many tokens are remembered. */
export type KnownTokensOptions = {
  /** Milliseconds; 0 remembers none. */
  readonly keep: number
  readonly most: number
  readonly now: () => number
}

type Known = { readonly principal: Principal; readonly from: number; readonly until: number }

// A clock that was set back must not make the moment longer.
const isStill = ({ from, until }: Known, moment: number): boolean => moment >= from && moment < until

/**
 * The tokens that were found to be good a moment ago: checking a signature costs more than serving most calls.
 *
 * Tokens are kept as they are. A keyed hash would cost a third of a check, and the same tokens stand in the heads of
 * requests in this memory anyway. None is known beyond its expiry; what is not good is checked each time, once for all
 * who present it at that moment.
 */
export class KnownTokens {
  readonly #options: KnownTokensOptions
  readonly #check: (token: string) => Promise<Principal | TokenFault>
  readonly #known = new Map<string, Known>()
  readonly #pending = new Map<string, Promise<Principal | TokenFault>>()

  constructor(options: KnownTokensOptions, check: (token: string) => Promise<Principal | TokenFault>) {
    this.#options = options
    this.#check = check
  }

  /** Who a token stands for, or why it is not good: at once where that is known. Rejects as the check does. */
  find(token: string): Awaitable<Principal | TokenFault> {
    const known = this.#known.get(token)
    if (known !== undefined && isStill(known, this.#options.now())) return known.principal
    const pending = this.#pending.get(token)
    if (pending !== undefined) return pending
    const finding = this.#find(token)
    this.#pending.set(token, finding)
    return finding
  }

  async #find(token: string): Promise<Principal | TokenFault> {
    try {
      const found = await this.#check(token)
      if (!isFault(found)) this.#remember(token, found)
      return found
    } finally {
      this.#pending.delete(token)
    }
  }

  #remember(token: string, principal: Principal): void {
    const { keep, most, now } = this.#options
    const moment = now()
    this.#known.delete(token)
    // The oldest stand first.
    for (const [old, { until }] of this.#known) {
      if (until > moment && this.#known.size < most) break
      this.#known.delete(old)
    }
    const until = Math.min(moment + keep, (principal.expiresAt ?? Infinity) + leeway)
    if (keep > 0) this.#known.set(token, { principal, from: moment, until })
  }
}
