type Taken<T> = IteratorResult<T, undefined>
/** What values are handed to, in place of being iterated. */
type Taker<T> = { take(value: T): void; end(reason?: unknown): void }

type Waiting<T> = { resolve: (taken: Taken<T>) => void; reject: (reason: unknown) => void }

const done = { value: undefined, done: true } as const

// From so many on, values that were taken are let go although others still wait behind them.
const slack = 1024

/**
 * Values in the order they came, for the one who iterates.
 *
 * While some wait they are a plain list; while none does, every `next` is one promise that the next value settles.
 */
export class Queue<T> implements AsyncIterator<T, undefined> {
  readonly #onEmpty: (() => void) | undefined
  #items: T[] = []
  #head = 0
  #waiting: Waiting<T>[] | undefined
  #over: { reason: unknown } | undefined
  #taker: Taker<T> | undefined

  /** `onEmpty` is called when more is asked for than waits here: the moment to let the source flow again. */
  constructor(onEmpty?: () => void) {
    this.#onEmpty = onEmpty
  }

  /** How many values wait to be taken. */
  get size(): number {
    return this.#items.length - this.#head
  }

  /** Hands over one value; after the end it is dropped. */
  push(value: T): void {
    if (this.#over !== undefined) return
    if (this.#taker !== undefined) return this.#taker.take(value)
    const waiting = this.#waiting?.shift()
    if (waiting === undefined) this.#items.push(value)
    else waiting.resolve({ value, done: false })
  }

  /** Ends the iteration once everything that waits was taken; with a reason, by throwing it. */
  end(reason?: unknown): void {
    if (this.#over !== undefined) return
    this.#over = { reason }
    this.#taker?.end(reason)
    for (const { resolve, reject } of this.#waiting?.splice(0) ?? []) this.#last().then(resolve, reject)
  }

  /** Ends the iteration at once and drops what waits. */
  drop(): void {
    this.#items = []
    this.#head = 0
    this.end()
  }

  /** Hands over what waits and then each value as it comes, and the end, in place of iterating. */
  handTo(taker: Taker<T>): void {
    while (this.#head < this.#items.length) taker.take(this.#take().value as T)
    if (this.#over !== undefined) return taker.end(this.#over.reason)
    this.#taker = taker
    this.#onEmpty?.()
  }

  next(): Promise<Taken<T>> {
    if (this.#head < this.#items.length) return Promise.resolve(this.#take())
    if (this.#over !== undefined) return this.#last()
    return new Promise((resolve, reject) => {
      this.#waiting ??= []
      this.#waiting.push({ resolve, reject })
      this.#onEmpty?.()
    })
  }

  return(): Promise<Taken<T>> {
    this.drop()
    return Promise.resolve(done)
  }

  #take(): Taken<T> {
    // In bounds, since `next` looked; the cast admits values that are themselves undefined.
    const value = this.#items[this.#head] as T
    this.#head += 1
    if (this.#head === this.#items.length) this.#items = []
    else if (this.#head < slack || this.#head * 2 < this.#items.length) return { value, done: false }
    else this.#items = this.#items.slice(this.#head)
    this.#head = 0
    return { value, done: false }
  }

  #last(): Promise<Taken<T>> {
    const reason = this.#over?.reason
    // Thrown once: whoever goes on asking hears the plain end.
    this.#over = { reason: undefined }
    return reason === undefined ? Promise.resolve(done) : Promise.reject(reason)
  }
}
