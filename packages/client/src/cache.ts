import { canonical } from '@parley/core'
import type { JsonObject } from '@parley/core'

type Entry = {
  readonly method: string
  readonly uri: string | undefined
  readonly text: string
  /** Characters that it takes, with its key. */
  readonly size: number
  readonly until: number
}

/** How much a cache may hold. */
export type CacheLimits = {
  /** @default 256 */
  entries?: number
  /** Characters of JSON text in all, keys included. @default 8_388_608 */
  characters?: number
}

/** Which results a change spoils: a change of the resources spoils the templates too (3.2 #28). */
const spoiltBy = (method: string): readonly string[] => {
  switch (method) {
    case 'notifications/tools/list_changed':
      return ['tools/list']
    case 'notifications/prompts/list_changed':
      return ['prompts/list']
    case 'notifications/resources/list_changed':
      return ['resources/list', 'resources/templates/list']
    case 'notifications/resources/updated':
      return ['resources/read']
    default:
      return []
  }
}

/** Names what a result depends on: the method and the params, never the envelope (A2, 3.2 #18). */
export const cacheKey = (method: string, params: JsonObject): string => `${method} ${canonical(params)}`

/**
 * Results for as long as their server calls them fresh (2026-07-28, server/utilities/caching).
 *
 * One cache serves one client, and with it one authorization context, so private results may lie in it too (A3). It
 * holds JSON text: a result that was handed out is nobody else's, and a size is known. The least recently used go first.
 */
export class ResponseCache {
  readonly #entries = new Map<string, Entry>()
  readonly #limits: Required<CacheLimits>
  #characters = 0
  #changes = 0

  constructor(limits: CacheLimits = {}) {
    this.#limits = { entries: 256, characters: 8_388_608, ...limits }
  }

  /** How many changes were heard of: note it before a request, and give it to `set`. */
  get changes(): number {
    return this.#changes
  }

  /** A fresh result, as an object of the caller's own. */
  get(key: string): JsonObject | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#delete(key, entry)
    if (entry.until <= performance.now()) return undefined
    this.#insert(key, entry)
    return JSON.parse(entry.text) as JsonObject
  }

  /** Keeps a result that says it stays fresh, unless something changed since `changes` was noted. */
  set(key: string, method: string, params: JsonObject, result: JsonObject, changes: number): void {
    const { ttlMs } = result
    if (typeof ttlMs !== 'number' || !(ttlMs > 0) || changes !== this.#changes) return
    const { uri } = params
    const text = JSON.stringify(result)
    const size = key.length + text.length
    if (size > this.#limits.characters) return
    this.#delete(key, this.#entries.get(key))
    const until = performance.now() + ttlMs
    this.#insert(key, { method, uri: typeof uri === 'string' ? uri : undefined, text, size, until })
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#limits.entries && this.#characters <= this.#limits.characters) break
      this.#delete(oldest, entry)
    }
  }

  /** Drops what a notification says has changed. An update may name a part of what was read. */
  hear(notification: string, params: JsonObject | undefined): void {
    const methods = spoiltBy(notification)
    if (methods.length === 0) return
    const updated = String(params?.['uri'])
    this.#changes += 1
    for (const [key, entry] of this.#entries) {
      const spoilt = entry.method === 'resources/read' ? updated.startsWith(entry.uri ?? '') : true
      if (spoilt && methods.includes(entry.method)) this.#delete(key, entry)
    }
  }

  /** Drops every page of a list. */
  drop(method: string): void {
    for (const [key, entry] of this.#entries) if (entry.method === method) this.#delete(key, entry)
  }

  #insert(key: string, entry: Entry): void {
    this.#entries.set(key, entry)
    this.#characters += entry.size
  }

  #delete(key: string, entry: Entry | undefined): void {
    if (entry !== undefined && this.#entries.delete(key)) this.#characters -= entry.size
  }
}
