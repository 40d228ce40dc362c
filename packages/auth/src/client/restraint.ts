import { isMet } from './demand.ts'
import type { Credential } from './vault.ts'

/** Authorizations that one request may set off: logging in, and stepping up. */
const mostTries = 3
const mostFutile = 50
/** Milliseconds to leave the user alone after a login that did not let in, however often the server asks for one. */
const rest = 300_000

/** Knows when not to ask the user again: after what was asked for in vain (Z18, T35). */
export class Restraint {
  /** Tokens that were issued to this very login, and not renewed since. */
  readonly #issued = new WeakSet<Credential>()
  /** Scopes that a step-up did not bring, by the list that was asked for. */
  readonly #futile = new Set<string>()
  #restsUntil = 0

  /** Notes that the user was asked, and that this came of it. */
  noteIssued(credential: Credential): void {
    this.#issued.add(credential)
  }

  /** Notes what a step-up brought. */
  noteStep(wanted: readonly string[], gained: Credential | undefined): void {
    if (wanted.length > 0 && isMet(wanted, gained)) return
    const [oldest] = this.#futile
    // A server may ask for others each time.
    if (this.#futile.size >= mostFutile && oldest !== undefined) this.#futile.delete(oldest)
    this.#futile.add(wanted.join(' '))
  }

  /** Whether to give a request up that a server asks still more for, and leave the user alone for a while. */
  endsHere(wanted: readonly string[] | undefined, used: Credential | undefined, tries: number, now: number): boolean {
    // A token that is refused as soon as it is issued: the next one would be too, and the user would be asked in vain.
    const isVain = wanted === undefined && tries > 0 && used !== undefined && this.#issued.has(used)
    if (!isVain && tries < mostTries) return false
    this.#restsUntil = now + rest
    return true
  }

  /** Whether a step-up for these scopes would bring nothing: the token has them, or they were not granted before. */
  isFutile(wanted: readonly string[], used: Credential | undefined): boolean {
    return this.#futile.has(wanted.join(' ')) || (wanted.length > 0 && isMet(wanted, used))
  }

  /** Whether the user is being left alone. */
  rests(now: number): boolean {
    return now < this.#restsUntil
  }

  /** Begins anew. */
  clear(): void {
    this.#futile.clear()
    this.#restsUntil = 0
  }
}
