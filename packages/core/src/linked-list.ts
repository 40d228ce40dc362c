/** What stands in a {@link LinkedList}: in one at a time, which alone writes these. */
export interface Linked<T> {
  before: T | undefined
  after: T | undefined
}

/**
 * Items in the order in which they came, or came again.
 *
 * For what comes and goes with every request. A `Set` or `Map` is made anew as its items change, and each old table points
 * to the next: once one of them has become old for the collector of garbage, all that pass through those after it are
 * taken for alive until a full collection. An item that has left this list points nowhere, and nothing to it.
 */
export class LinkedList<T extends Linked<T>> {
  #first: T | undefined
  #last: T | undefined

  get first(): T | undefined {
    return this.#first
  }

  /** Whether an item that is in this list, or in none, is in this one. */
  has(item: T): boolean {
    return item.before !== undefined || this.#first === item
  }

  /** Puts an item that is in this list, or in none, at the end. */
  add(item: T): void {
    this.delete(item)
    item.before = this.#last
    if (this.#last === undefined) this.#first = item
    else this.#last.after = item
    this.#last = item
  }

  /** Takes out an item that is in this list, or in none; tells whether it was in. */
  delete(item: T): boolean {
    if (!this.has(item)) return false
    const { before, after } = item
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    item.before = undefined
    item.after = undefined
    return true
  }

  /** Those that are in it now, in order. */
  all(): T[] {
    const items: T[] = []
    for (let item = this.#first; item !== undefined; item = item.after) items.push(item)
    return items
  }
}
