import type { RequestId } from './message.ts'
import { isLongLived } from './revisions/methods.ts'
import type { Serving } from './serving.ts'

const listed = (twins: Serving | Set<Serving> | undefined): Iterable<Serving> =>
  twins instanceof Set ? twins : twins === undefined ? [] : [twins]

/** The requests that one peer is serving. An id may stand for several where the road lets callers share ids. */
export class InFlight {
  // Most sessions are idle, and what is answered at once never gets here.
  #byId: Map<RequestId, Serving | Set<Serving>> | undefined
  #counted = 0
  #idle: (() => void) | undefined

  /** How many are served; those that stay open by nature do not count. */
  get size(): number {
    return this.#counted
  }

  has(id: RequestId): boolean {
    return this.#byId?.has(id) === true
  }

  enter(serving: Serving): void {
    const { id, method } = serving.request
    if (!isLongLived(method)) this.#counted += 1
    this.#byId ??= new Map()
    const twins = this.#byId.get(id)
    // A set for each would be most of what a request costs here, and twins are rare.
    if (twins === undefined) this.#byId.set(id, serving)
    else if (twins instanceof Set) twins.add(serving)
    else this.#byId.set(id, new Set([twins, serving]))
  }

  leave(serving: Serving): void {
    const { id, method } = serving.request
    if (!isLongLived(method)) this.#counted -= 1
    const twins = this.#byId?.get(id)
    if (twins instanceof Set) twins.delete(serving)
    if (twins === serving || (twins instanceof Set && twins.size === 0)) this.#byId?.delete(id)
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
    const twins = this.#byId?.get(id)
    for (const serving of listed(twins)) serving.abort(reason)
    return twins !== undefined
  }

  /** Aborts everything, or all but what stays open by nature. */
  abort(reason: unknown, including: 'all' | 'counted'): void {
    for (const twins of this.#byId?.values() ?? []) {
      for (const serving of listed(twins)) {
        if (including === 'all' || !isLongLived(serving.request.method)) serving.abort(reason)
      }
    }
  }
}
