import { ConnectionClosed } from '@parley/core'

// The longest that a timer takes.
const timerLimit = 0x7fffffff

/** Waits for signs of life. */
export type Watch = {
  /** Notes one. */
  heard(): void
  /** Waits no more. */
  end(): void
}

const idle: Watch = { heard: () => undefined, end: () => undefined }

/**
 * Watches for so many milliseconds without a sign of life; `onSilent` is then called once, with the error for that.
 *
 * A network that drops packets without a word breaks no connection: nothing but the silence tells.
 */
export const watchSilence = (silence: number, onSilent: (reason: ConnectionClosed) => void): Watch => {
  if (silence === Infinity) return idle
  let last = performance.now()
  let due = Infinity
  let timer: ReturnType<typeof setTimeout>
  // One timer for all that is heard: a stream may say much, and is seldom silent.
  const wait = (left: number): void => {
    due = performance.now() + left
    timer = setTimeout(look, Math.min(left, timerLimit))
  }
  const look = (): void => {
    const now = performance.now()
    // What kept the timer from running, a busy loop or a machine asleep, kept the stream from being read as well.
    if (now - due > silence / 10) last = now
    const left = silence - (now - last)
    if (left > 0) wait(left)
    else onSilent(new ConnectionClosed(`The server was silent for ${silence} ms, and is taken to be gone`))
  }
  wait(silence)
  return {
    heard: () => {
      last = performance.now()
    },
    end: () => clearTimeout(timer),
  }
}
