import { IdTable } from './id-table.ts'
import type { RequestId } from './message.ts'
import { isLongLived } from './revisions/methods.ts'
import type { Serving } from './serving.ts'

/** The requests that one peer is serving. An id may stand for several where the road lets callers share ids. */
export class InFlight {
  // Most sessions are idle, and what is answered at once never gets here.
  #table: IdTable<Serving> | undefined
  #counted = 0
  #idle: (() => void) | undefined

  /** How many are served; those that stay open by nature do not count. */
  get size(): number {
    return this.#counted
  }

  has(id: RequestId): boolean {
    return this.#table?.get(id) !== undefined
  }

  enter(serving: Serving): void {
    if (!isLongLived(serving.request.method)) this.#counted += 1
    this.#table ??= new IdTable()
    this.#table.add(serving)
  }

  leave(serving: Serving): void {
    if (!isLongLived(serving.request.method)) this.#counted -= 1
    this.#table?.delete(serving)
    if (this.#counted === 0) this.#idle?.()
  }

  /** Settles when nothing that counts is served any more, or after so many milliseconds. */
  async emptied(patience: number): Promise<void> {
    if (this.#counted === 0 || patience === 0) return
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      this.#idle = resolve
      timer = setTimeout(resolve, patience)
    })
    clearTimeout(timer)
  }

  /** Ends every wait for emptiness. */
  release(): void {
    this.#idle?.()
  }

  /** Aborts all that an id stands for; tells whether there was any. */
  cancel(id: RequestId, reason: unknown): boolean {
    const meant = this.#all().filter((serving) => serving.id === id)
    for (const serving of meant) serving.abort(reason)
    return meant.length > 0
  }

  /** Aborts everything, or all but what stays open by nature. */
  abort(reason: unknown, including: 'all' | 'counted'): void {
    for (const serving of this.#all()) {
      if (including === 'all' || !isLongLived(serving.request.method)) serving.abort(reason)
    }
  }

  #all(): Serving[] {
    return this.#table?.all() ?? []
  }
}
