import type { DPoPHandle } from 'oauth4webapi'
import { proofsOf, sendProven } from './dpop.ts'
import type { Credential } from './vault.ts'

/** What makes the requests to the protected server. */
export type WebFetch = (url: URL, init: RequestInit) => Promise<Response>

/** Sends requests that show a token, by its scheme. */
export class Bearer {
  readonly #fetch: WebFetch
  #proofs: { readonly key: object; readonly handle: DPoPHandle } | undefined

  constructor(fetch: WebFetch) {
    this.#fetch = fetch
  }

  /** Sends a request with a token, if there is one. Redirects come back as answers: a token crosses to no other origin (T36). */
  async send(url: URL, given: RequestInit, held: Credential | undefined): Promise<Response> {
    const init: RequestInit = { ...given, redirect: 'manual' }
    if (held === undefined) return this.#fetch(url, init)
    const { accessToken, scheme, dpopKey } = held
    if (scheme === 'DPoP' && dpopKey !== undefined) {
      const proofs = await this.#proofsOf(dpopKey)
      return sendProven({ url, init, accessToken, proofs, fetch: this.#fetch })
    }
    // MUST (2025-03-26 and later, basic/authorization): in the header, on every request, never in the URL (Z14).
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${accessToken}`)
    return this.#fetch(url, { ...init, headers })
  }

  async #proofsOf(key: object): Promise<DPoPHandle> {
    // Nonces live as long as the key: a new handle would have to be told them again.
    if (this.#proofs?.key !== key) this.#proofs = { key, handle: await proofsOf({ ...key }) }
    return this.#proofs.handle
  }
}
