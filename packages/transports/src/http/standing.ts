import type { Feed } from './feed.ts'

/**
 * The feeds that a legacy session opened by GET: where goes what belongs to no request.
 *
 * Each message takes one of them alone (G7): the newest that is read, else the one that lost its reader last and may get it back.
 */
export class Standing {
  readonly #max: number
  /** Oldest first. */
  readonly #feeds = new Set<Feed>()

  constructor(max: number) {
    this.#max = max
  }

  /** How many are read. */
  get connected(): number {
    let count = 0
    for (const feed of this.#feeds) if (feed.connected) count += 1
    return count
  }

  has(feed: Feed): boolean {
    return this.#feeds.has(feed)
  }

  /** Takes a feed in; gives the one that had to go for it, if any. */
  add(feed: Feed): Feed | undefined {
    this.#feeds.add(feed)
    if (this.#feeds.size <= this.#max) return undefined
    for (const each of this.#feeds) {
      if (!each.connected && each !== feed) {
        this.#feeds.delete(each)
        return each
      }
    }
    return undefined
  }

  /** Makes a feed the newest, since its reader has just come back. */
  renew(feed: Feed): void {
    this.#feeds.delete(feed)
    this.#feeds.add(feed)
  }

  delete(feed: Feed): void {
    this.#feeds.delete(feed)
  }

  /** The feed that the next message takes. */
  get target(): Feed | undefined {
    let read: Feed | undefined
    let lost: Feed | undefined
    for (const feed of this.#feeds) {
      if (feed.connected) read = feed
      else if (feed.reachable && (feed.lostAt ?? 0) >= (lost?.lostAt ?? 0)) lost = feed
    }
    return read ?? lost
  }

  /** Ends them all. */
  end(): void {
    for (const feed of this.#feeds) feed.end()
    this.#feeds.clear()
  }
}
