import { InvalidResult, RpcError } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { ResponseCache } from './cache.ts'
import type { Calls, Results } from './calls.ts'
import type { CallOptions, ClientOptions } from './options.ts'
import type { OutputChecks } from './output.ts'

/** The methods that give a list. */
export type ListMethod = 'tools/list' | 'prompts/list' | 'resources/list' | 'resources/templates/list'

/** How long a list may be. */
type Bounds = { readonly maxPages: number; readonly maxListSize: number }

/** Follows a list page by page, from its first page to the one without a cursor. */
async function* follow<Page extends { nextCursor?: string }>(
  method: string,
  fetch: (params: JsonObject) => Promise<Page>,
  { maxPages, maxListSize }: Bounds,
): AsyncGenerator<Page, void, undefined> {
  const seen = new Set<string>()
  let params: JsonObject = {}
  let size = 0
  for (let count = 1; ; count += 1) {
    const page = await fetch(params)
    yield page
    const { nextCursor } = page
    // Its presence alone says that there is more: an empty string is a cursor like any other (A7).
    if (nextCursor === undefined) return
    if (seen.has(nextCursor)) throw new InvalidResult(method, 'a cursor came twice, so the list would never end')
    if (count >= maxPages) throw new InvalidResult(method, `the list goes on after ${maxPages} pages`)
    // A road bounds each page, and nothing bounds them all: a list of one page need not be measured.
    size += JSON.stringify(page).length
    if (size > maxListSize) throw new InvalidResult(method, `the list goes on after ${maxListSize} characters`)
    seen.add(nextCursor)
    params = { cursor: nextCursor }
  }
}

/** A client's lists, whole or page by page. */
export class Lists {
  readonly #calls: Calls
  readonly #cache: ResponseCache | undefined
  readonly #outputs: OutputChecks
  readonly #bounds: Bounds

  constructor(calls: Calls, cache: ResponseCache | undefined, outputs: OutputChecks, options: ClientOptions) {
    this.#calls = calls
    this.#cache = cache
    this.#outputs = outputs
    const { maxPages = 1000, maxListSize = 67_108_864 } = options
    this.#bounds = { maxPages, maxListSize }
  }

  /** Every page. Throws `InvalidResult` for a list that would not end; drops what was kept of one whose cursor fails. */
  pages<M extends ListMethod>(method: M, options?: CallOptions): AsyncGenerator<Results[M], void, undefined> {
    return follow<Results[M]>(method, (params) => this.#page(method, params, options), this.#bounds)
  }

  async #page<M extends ListMethod>(method: M, params: JsonObject, options?: CallOptions): Promise<Results[M]> {
    try {
      const page = await this.#calls.call(method, params, options)
      if ('tools' in page) this.#outputs.learn(page.tools)
      return page
    } catch (error) {
      if ('cursor' in params) this.#cache?.drop(method)
      throw error
    }
  }

  /** Every item. A list whose cursor fails is begun again, once. */
  async all<M extends ListMethod, Item>(
    method: M,
    itemsOf: (page: Results[M]) => readonly Item[],
    options?: CallOptions,
  ): Promise<Item[]> {
    for (let restarted = false; ; restarted = true) {
      const items: Item[] = []
      let pages = 0
      try {
        for await (const page of this.pages(method, options)) {
          for (const item of itemsOf(page)) items.push(item)
          pages += 1
        }
        return items
      } catch (error) {
        // SHOULD (server/utilities/caching): a list whose cursor fails is begun again (A6); once, or it might never end.
        const cursorFailed = pages > 0 && error instanceof RpcError && error.code === -32602
        if (restarted || !cursorFailed) throw error
      }
    }
  }
}
