import { LinkedList } from '@parley/core'
import type { Linked } from '@parley/core'
import type { RequestId } from './message.ts'

/** What stands in an {@link IdTable}. */
export interface Keyed<T> extends Linked<T> {
  readonly id: RequestId
}

// As few as idle sessions can afford. Of thousands in flight each takes a little longer to find, and few ever are.
const mostRows = 32

// A text ends in what it was counted to, or drawn by lot.
const rowOf = (id: RequestId): number =>
  (typeof id === 'number' ? id : id.charCodeAt(id.length - 1) + 7 * id.charCodeAt(id.length - 2)) & (mostRows - 1)

/**
 * Items by their ids; an id may stand for several.
 *
 * It does what a `Map` would, whose old tables keep alive what went through them (see `LinkedList`): requests come and
 * go by the thousand in a second.
 */
export class IdTable<T extends Keyed<T>> {
  readonly #rows: (LinkedList<T> | undefined)[] = []

  /** Puts in an item that is in no table. */
  add(item: T): void {
    const row = rowOf(item.id)
    const items = (this.#rows[row] ??= new LinkedList())
    items.add(item)
  }

  /** The first of those that an id stands for; none for what is no id. */
  get(id: unknown): T | undefined {
    if (typeof id !== 'number' && typeof id !== 'string') return undefined
    let item = this.#rows[rowOf(id)]?.first
    while (item !== undefined && item.id !== id) item = item.after
    return item
  }

  /** Takes out an item that is in this table, or in none. */
  delete(item: T): void {
    this.#rows[rowOf(item.id)]?.delete(item)
  }

  /** Those that are in it now, in no order. */
  all(): T[] {
    return this.#rows.flatMap((items) => items?.all() ?? [])
  }
}
