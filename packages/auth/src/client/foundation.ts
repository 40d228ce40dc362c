import { defaultFetch } from '#default-fetch'
import { isLoopback } from './address.ts'
import type { WebFetch } from './bearer.ts'
import type { Reach } from './document.ts'
import type { SafeFetch } from './metadata-fetch.ts'
import { union } from './scopes.ts'
import { memoryStore } from './store.ts'
import type { CredentialStore } from './store.ts'
import { vaultOf } from './vault.ts'
import type { Vault } from './vault.ts'

/** What every kind of login can be told. */
export type LoginOptions = {
  /** Where tokens and registrations are kept. @default memoryStore() */
  readonly store?: CredentialStore | undefined
  /** Keeps tokens of one user apart from another's in the same store. @default '' */
  readonly account?: string | undefined
  /** Scopes to ask for beside those that the server asks for. @default [] */
  readonly scopes?: readonly string[] | undefined
  /** Makes the requests to the server. @default globalThis.fetch */
  readonly fetch?: WebFetch | undefined
  /**
   * Makes the requests that metadata leads to. @default on Node `safeFetch()` of `@parley/auth/node`, which knows the
   * address that it goes to; elsewhere `checkedFetch()`, and to full host names only
   */
  readonly metadataFetch?: SafeFetch | undefined
  /** Whether to take a server without resource metadata for one of 2025-03-26. @default false */
  readonly legacyFallback?: boolean | undefined
  /** Whether to bind tokens to a key where the authorization server can (RFC 9449). @default false, but where the server demands it */
  readonly dpop?: boolean | undefined
  /** The clock, in milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** What all logins have in common, made from their options. */
export type Foundation = {
  readonly server: URL
  readonly reach: Reach
  readonly vault: Vault
  readonly now: () => number
  readonly fetch: WebFetch
  /** Scopes to ask for beside those that the server asks for. */
  readonly scopes: readonly string[]
  readonly legacyFallback: boolean
}

/** Reads what every kind of login is told. @throws TypeError for a server that no token may be sent to */
export const foundationOf = (url: URL | string, options: LoginOptions, account: string): Foundation => {
  const server = new URL(url)
  server.hash = ''
  const loopback = isLoopback(server)
  if (server.protocol !== 'https:' && !(server.protocol === 'http:' && loopback)) {
    throw new TypeError(`A token is sent over https:, or http: on loopback, and not to ${server.origin}`)
  }
  const { fetch, metadataFetch = defaultFetch(server), now = Date.now, scopes = [], legacyFallback = false } = options
  return {
    server,
    reach: { fetch: metadataFetch, loopback },
    vault: vaultOf(options.store ?? memoryStore(), account),
    now,
    fetch: fetch ?? ((to, init) => globalThis.fetch(to, init)),
    scopes: union(scopes),
    legacyFallback,
  }
}
