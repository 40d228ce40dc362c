import type { ServerResponse } from 'node:http'
import type { PageEvent } from './page/api.ts'

// A page that reads this slowly is cut off; it comes back by itself, and is told everything from the start.
const mostUnread = 33_554_432
const pulse = 15_000
const mostPages = 20

/** The pages that are open: each has a stream of events, and all are told the same. */
export class Hub {
  readonly #pages = new Set<ServerResponse>()
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => this.#write(': still here\n\n'), pulse)
    this.#timer.unref()
  }

  /** Whether one more page may come. */
  get isFull(): boolean {
    return this.#pages.size >= mostPages
  }

  /** Begins a stream with what stands for all before it. */
  add(page: ServerResponse, hello: PageEvent): void {
    page.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
    page.write(`retry: 1000\ndata: ${JSON.stringify(hello)}\n\n`)
    this.#pages.add(page)
    page.on('close', () => this.#pages.delete(page))
    page.on('error', () => this.#pages.delete(page))
  }

  /** Tells every page. */
  send(event: PageEvent): void {
    if (this.#pages.size > 0) this.#write(`data: ${JSON.stringify(event)}\n\n`)
  }

  #write(text: string): void {
    for (const page of this.#pages) {
      page.write(text)
      if (page.writableLength > mostUnread) page.destroy()
    }
  }

  /** Ends every stream. */
  close(): void {
    clearInterval(this.#timer)
    for (const page of this.#pages) page.end()
    this.#pages.clear()
  }
}
