import { ConnectionClosed } from '@parley/core'
import type { Awaitable, Principal } from '@parley/core'
import type { EventStream, Reply } from './wire.ts'

// 2^31-1 ms is the longest that a timer takes.
const longest = 0x7fffffff

/** An event stream that tells when it has ended, so that nothing is kept for it. */
class LapsingStream implements EventStream {
  readonly #stream: EventStream
  readonly #over: () => void

  constructor(stream: EventStream, over: () => void) {
    this.#stream = stream
    this.#over = over
  }

  get waiting(): number {
    return this.#stream.waiting
  }

  get lost(): boolean {
    return this.#stream.lost
  }

  write(text: string, owed?: boolean): Awaitable<void> {
    return this.#stream.write(text, owed)
  }

  end(): void {
    this.#over()
    this.#stream.end()
  }
}

/**
 * A reply whose stream ends when its reader's token does. A stream may be open for days: without this, whoever was let in
 * once would hear what is told there for as long. The reader comes back with a new token, or is refused.
 */
export const lapsing = (reply: Reply, principal: Principal | undefined): Reply => {
  const { expiresAt } = principal ?? {}
  if (expiresAt === undefined) return reply
  return {
    get gone() {
      return reply.gone
    },
    send: (status, headers, body) => reply.send(status, headers, body),
    stream: (headers, lost, stays) => {
      const gone = (reason: Error): void => {
        clearTimeout(timer)
        lost?.(reason)
      }
      const stream = reply.stream(headers, gone, stays)
      const lapse = (): void => {
        stream.end()
        // Whoever writes there is told as if the reader had left.
        gone(new ConnectionClosed("The reader's token has expired"))
      }
      const timer = setTimeout(lapse, Math.min(longest, Math.max(0, expiresAt - Date.now())))
      return new LapsingStream(stream, () => clearTimeout(timer))
    },
  }
}
