import type { Abort } from './abort.ts'
import { discardTime, mostDiscarded, networkError } from './carrier.ts'
import type { Answer, Carrier, Take } from './carrier.ts'

/** What makes HTTP requests: the platform's `fetch`, or one that adds authorization. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>

const ignore = (): void => undefined

/** An answer that came by `fetch`. */
const answerOf = (response: Response, abort: Abort): Answer => {
  const { status, headers, body } = response
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  const open = (): typeof reader => (reader ??= body?.getReader())
  const next = async (): Promise<Uint8Array | undefined> => {
    try {
      return (await open()?.read())?.value
    } catch (error) {
      throw networkError(error, abort, 'The connection broke in the middle of an answer')
    }
  }
  const read = async (take: Take): Promise<boolean> => {
    for (;;) {
      const chunk = await next()
      if (chunk === undefined || take(chunk)) return chunk !== undefined
    }
  }
  const cut = (): void => void open()?.cancel().catch(ignore)
  return {
    status,
    header: (name) => headers.get(name),
    headers: () => headers,
    read,
    discard: () => {
      const timer = setTimeout(cut, discardTime)
      let left = mostDiscarded
      void read((chunk) => (left -= chunk.length) <= 0)
        .catch(ignore)
        .finally(() => {
          clearTimeout(timer)
          cut()
        })
    },
    cut,
  }
}

/** Carries requests by `fetch`. The platform's is looked up with each request, so that what replaces it later counts too. */
export const carrier = (fetch: Fetch = (url, init) => globalThis.fetch(url, init)): Carrier => ({
  send: async (outgoing) => {
    const { url, method, body, abort } = outgoing
    abort.throwIfAborted()
    const headers = new Headers([...outgoing.headers])
    const init: RequestInit = { method, headers, body: body ?? null, signal: abort.signal, redirect: 'manual' }
    try {
      return answerOf(await fetch(url, init), abort)
    } catch (error) {
      throw networkError(error, abort, `The server could not be reached: ${method} ${url.origin}`)
    }
  },
  // The connections are the platform's, which shares them.
  close: ignore,
})
