import { afterwards, pause, retryAfter } from './backoff.ts'
import type { Answer } from './carrier.ts'
import { send } from './site.ts'
import type { Sending, Site } from './site.ts'

const mostTries = 3

/**
 * Sends one POST as `send` does, and again when the server says when to: at most twice, and after no longer than the
 * site's patience.
 *
 * Only 429 is such an answer: what is over a limit was not begun. A 503 may come from a server that ends in the middle of
 * what it does, so that whether to do that again is for the caller to decide (H14).
 */
export const post = async (site: Site, sending: Omit<Sending, 'method'>): Promise<Answer> => {
  for (let tries = 1; ; tries += 1) {
    const answer = await send(site, { ...sending, method: 'POST' })
    const wait = answer.status === 429 ? retryAfter(answer.headers()) : 0
    if (wait === 0 || wait > site.patience || tries === mostTries) return answer
    answer.discard()
    await pause(afterwards(wait), sending.abort.signal)
  }
}
