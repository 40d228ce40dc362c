import { concat } from '@parley/core'
import { checkAddress } from './address.ts'
import { AuthError, bareCause } from './errors.ts'
import { tooMuch, wholeAnswer } from './metadata-fetch.ts'
import type { SafeFetch, SafeFetchInit } from './metadata-fetch.ts'

/** Limits of a checked fetch. */
export type CheckedFetchOptions = {
  /** What makes the requests. @default globalThis.fetch */
  readonly fetch?: ((url: URL, init: RequestInit) => Promise<Response>) | undefined
  /** Bytes that an answer may have. @default 262_144 */
  readonly maxBytes?: number | undefined
  /** Milliseconds that all of it may take. @default 5_000 */
  readonly timeout?: number | undefined
}

/** Reads a body to its end, and no further than it may go. */
const readAll = async (response: Response, url: URL, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> => {
  const reader = response.body?.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const chunk = (await reader?.read())?.value
    if (chunk === undefined) return concat(chunks)
    size += chunk.length
    if (size > maxBytes) {
      void reader?.cancel().catch(() => undefined)
      throw tooMuch(url, maxBytes)
    }
    chunks.push(chunk)
  }
}

/**
 * Makes a fetch for metadata that checks what the platform lets it check: scheme, redirects, time and size.
 *
 * It cannot see which address a name leads to. `safeFetch` of `@parley/auth/node` does, and is what is used on Node.
 */
export const checkedFetch = (options: CheckedFetchOptions = {}): SafeFetch => {
  const { maxBytes = 262_144, timeout = 5000 } = options
  const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init))
  return async (url: URL, init: SafeFetchInit = {}): Promise<Response> => {
    const { method = 'GET', headers = {}, body, signal, loopback = false } = init
    checkAddress(url.href, 'address', loopback)
    const limit = AbortSignal.timeout(timeout)
    const until = signal === undefined ? limit : AbortSignal.any([signal, limit])
    try {
      const request: RequestInit = { method, headers, redirect: 'manual', signal: until, credentials: 'omit' }
      const response = await fetch(url, body === undefined ? request : { ...request, body })
      const bytes = await readAll(response, url, maxBytes)
      // Browsers hide where a redirect leads, and its status with it.
      const status = response.status === 0 ? 302 : response.status
      return wholeAnswer(status, response.headers, bytes)
    } catch (error) {
      if (error instanceof AuthError) throw error
      signal?.throwIfAborted()
      const why = limit.aborted ? `did not answer within ${timeout} ms` : 'could not be reached'
      throw new AuthError('document', `${url.origin} ${why}`, { cause: bareCause(error) })
    }
  }
}
