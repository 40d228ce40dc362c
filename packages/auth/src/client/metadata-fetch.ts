import { AuthError } from './errors.ts'

/** What a document is asked for with; an endpoint of the same server takes a form or JSON. */
export type SafeFetchInit = {
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST' | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
  readonly signal?: AbortSignal | undefined
  /**
   * Whether `http:` and addresses of this machine are allowed, loopback only: true where the server that the user named
   * is itself on loopback.
   * @default false
   */
  readonly loopback?: boolean | undefined
}

/**
 * Fetches what a stranger pointed at: metadata, keys, and the endpoints that metadata names.
 *
 * It never follows a redirect, ends after a few seconds, and its answer holds no more than a small document. It rejects
 * with `AuthError` for an address that it does not go to and for an answer that is too long or too slow. What it
 * settles with has a body that is whole and in memory; a redirect is an answer with its status.
 */
export type SafeFetch = (url: URL, init?: SafeFetchInit) => Promise<Response>

/** That an answer is longer than it may be. */
export const tooMuch = ({ origin }: URL, maxBytes: number): AuthError => {
  const limits = { expected: `at most ${maxBytes} bytes`, actual: 'more' }
  return new AuthError('document', `${origin} answered too much`, limits)
}

/** An answer that has been read to its end. */
export const wholeAnswer = (status: number, headers: Headers, body: Uint8Array<ArrayBuffer>): Response => {
  // A Response with one of these must have no body, or none can be made.
  const isBodiless = status === 204 || status === 205 || status === 304
  return new Response(isBodiless ? null : body, { status, headers })
}
