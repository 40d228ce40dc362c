/** What a server opens before its first request and closes when it ends. */
export type Lifespan<Value> = () => Promise<Opened<Value>> | Opened<Value>

/** An opened value, with what closes it. */
export type Opened<Value> = { value: Value; close?: () => void | Promise<void> }

/** Opens at most once, and closes exactly once what was opened, however often either is asked for. */
export class LifespanHolder<Value> {
  readonly #open: Lifespan<Value> | undefined
  #opening: Promise<Opened<Value>> | undefined
  #opened: Opened<Value> | undefined
  #closing: Promise<void> | undefined

  constructor(open: Lifespan<Value> | undefined) {
    this.#open = open
  }

  /** Undefined once opened, or where there is nothing to open; else a promise that rejects when opening failed. */
  get ready(): Promise<unknown> | undefined {
    if (this.#open === undefined || this.#opened !== undefined) return undefined
    if (this.#closing !== undefined) return Promise.reject(new Error('The server is closed'))
    this.#opening ??= this.#start(this.#open)
    return this.#opening
  }

  get value(): Value | undefined {
    return this.#opened?.value
  }

  async #start(open: Lifespan<Value>): Promise<Opened<Value>> {
    this.#opened = await open()
    return this.#opened
  }

  /** Closes what was opened, waiting for an opening under way. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    // Whoever waits for the opening hears of its failure; there is then nothing to close.
    await this.#opening?.catch(() => undefined)
    await this.#opened?.close?.()
  }
}
