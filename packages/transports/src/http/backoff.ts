const first = 500
const longest = 30_000

/** How long to wait before trying again: half a second, then twice as long each time, at most half a minute. */
export class Backoff {
  #next = first

  /** Milliseconds to wait now, half as much again or half as little, so that clients do not return all at once. */
  next(): number {
    const wait = this.#next * (0.5 + Math.random())
    this.#next = Math.min(this.#next * 2, longest)
    return Math.min(wait, longest)
  }

  /** Starts from the beginning: something worked. */
  reset(): void {
    this.#next = first
  }
}

// A server that wants no wait at all must not make its client run in circles.
const shortest = 10
// The longest that a timer takes.
const timerLimit = 0x7fffffff

/** Waits so many milliseconds, or rejects with the signal's reason. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', stop)
        resolve()
      },
      Math.min(Math.max(milliseconds, shortest), timerLimit),
    )
    signal.addEventListener('abort', stop)
  })

const spread = 1000

/** Milliseconds to wait when a server asked for so many: a little more, so that those it told the same come one by one. */
export const afterwards = (asked: number): number => asked + Math.random() * spread

/** Milliseconds that an answer asks to be left alone for; 0 where it does not (RFC 9110, section 10.2.3). */
export const retryAfter = (headers: Headers, now: number = Date.now()): number => {
  const text = headers.get('retry-after') ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? 0 : Math.max(0, date - now)
}
