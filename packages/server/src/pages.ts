import { andThen, fromBase64Url, invalidParams, toBase64Url } from '@parley/core'
import type { Awaitable, CacheHints, JsonObject, Principal } from '@parley/core'
import type { Call } from '@parley/protocol/server'
import type { Context } from './context.ts'
import type { FeatureHost } from './features/feature.ts'
import { isOffered } from './registry.ts'
import type { Entry, Offered, Registry } from './registry.ts'

/** What a list is called. */
export type ListNames = {
  /** Its method without the `/list`; its cursors are none of another's. */
  readonly list: string
  /** The member of the result that holds the items. */
  readonly key: string
}

type Place = { readonly order: number; readonly offset: number }

type Draft<Listed> = { readonly from: Place; readonly size: number; readonly items: Listed[]; next?: Place }

const FIRST: Place = { order: 0, offset: 0 }

/**
 * A list, page by page: what the registered items expand to, in order, `host.pageSize` at a time.
 *
 * A cursor names the place of the first item not yet sent, by the order of registration. It outlives additions and
 * removals, holds nothing that a forger could use, and means the same in every process that registers alike
 * (server/utilities/pagination).
 *
 * As long as everyone sees the same, each page is made once and given out as the same frozen object until the registry
 * changes. What is listed must be frozen, and the same for everyone where the registry is not restricted.
 */
export class ListPages<Item extends Offered, Listed> {
  readonly #registry: Registry<Item, never>
  readonly #host: FeatureHost
  readonly #names: ListNames
  readonly #expand: (item: Item, ctx: Context) => Awaitable<readonly Listed[]>
  /** The places that one comes to from the first page on, each with its page once that was asked for. */
  readonly #kept = new Map<string, JsonObject | undefined>()
  #edition: number | undefined

  constructor(
    registry: Registry<Item, never>,
    host: FeatureHost,
    names: ListNames,
    expand: (item: Item, ctx: Context) => Awaitable<readonly Listed[]>,
  ) {
    this.#registry = registry
    this.#host = host
    this.#names = names
    this.#expand = expand
  }

  /**
   * The page that a call asks for.
   * @throws RpcError `invalidParams` for a cursor that is none of this list's (A8)
   */
  answer({ params, exchange }: Call, ctx: Context): Awaitable<JsonObject> {
    const from = readCursor(params['cursor'], this.#names.list, this.#registry.issued)
    // What one principal sees is never kept: the next may see less.
    if (this.#registry.restricted)
      return andThen(this.#draft(from, exchange.origin.principal, ctx), (draft) => this.#result(draft, true))
    this.#refresh()
    const place = keyOf(from)
    const kept = this.#kept.get(place)
    if (kept !== undefined) return kept
    const draft = this.#draft(from, undefined, ctx)
    // A cursor that someone made up, or has from an earlier edition, is served but takes up no room.
    if (draft instanceof Promise || !this.#kept.has(place)) return andThen(draft, (made) => this.#result(made, false))
    return this.#keep(place, draft)
  }

  #refresh(): void {
    const { edition } = this.#registry
    if (this.#edition === edition) return
    this.#edition = edition
    this.#kept.clear()
    this.#kept.set(keyOf(FIRST), undefined)
  }

  #keep(place: string, draft: Draft<Listed>): JsonObject {
    const result = this.#result(draft, false)
    Object.freeze(draft.items)
    Object.freeze(result)
    this.#kept.set(place, result)
    if (draft.next !== undefined) this.#kept.set(keyOf(draft.next), undefined)
    this.#host.keep(`${this.#names.list}/list`, result)
    return result
  }

  #result({ items, next }: Draft<Listed>, restricted: boolean): JsonObject {
    return {
      [this.#names.key]: items,
      ...hintsFor(this.#host.listHints, restricted),
      ...(next !== undefined && { nextCursor: writeCursor(this.#names.list, next) }),
    }
  }

  #draft(from: Place, principal: Principal | undefined, ctx: Context): Awaitable<Draft<Listed>> {
    const draft = { from, size: Math.max(1, this.#host.pageSize), items: [] }
    return this.#fill(draft, this.#registry.entries(), principal, ctx)
  }

  #fill(
    draft: Draft<Listed>,
    entries: Iterator<Entry<Item>, unknown>,
    principal: Principal | undefined,
    ctx: Context,
  ): Awaitable<Draft<Listed>> {
    for (let next = entries.next(); next.done !== true; next = entries.next()) {
      const entry = next.value
      const { order, item } = entry
      if (order < draft.from.order || !isOffered(entry, principal)) continue
      const listed = this.#expand(item, ctx)
      if (listed instanceof Promise)
        return listed.then((own) => (fits(draft, order, own) ? this.#fill(draft, entries, principal, ctx) : draft))
      if (!fits(draft, order, listed)) break
    }
    return draft
  }
}

/** Puts an item's part on a page, and tells whether all of it found room. */
const fits = <Listed>(draft: Draft<Listed>, order: number, listed: readonly Listed[]): boolean => {
  const begin = order === draft.from.order ? draft.from.offset : 0
  let offset = 0
  for (const each of listed) {
    if (offset >= begin) {
      if (draft.items.length >= draft.size) {
        draft.next = { order, offset }
        return false
      }
      draft.items.push(each)
    }
    offset += 1
  }
  return true
}

const keyOf = ({ order, offset }: Place): string => `${order}:${offset}`

const writeCursor = (list: string, { order, offset }: Place): string =>
  toBase64Url(new TextEncoder().encode(`${list}:${order}:${offset}`))

const readCursor = (cursor: unknown, list: string, issued: number): Place => {
  if (cursor === undefined) return FIRST
  const [, of, order, offset] = /^([a-z/]+):(\d{1,9}):(\d{1,9})$/.exec(decoded(cursor)) ?? []
  // A place that was never given out is no cursor of ours.
  if (of !== list || Number(order) >= issued) throw invalidParams('Invalid cursor')
  return { order: Number(order), offset: Number(offset) }
}

const decoded = (cursor: unknown): string => {
  try {
    return typeof cursor === 'string' ? new TextDecoder().decode(fromBase64Url(cursor)) : ''
  } catch {
    return ''
  }
}

/** @throws TypeError for a `ttlMs` that is no count of milliseconds (A1) */
export const checkHints = ({ ttlMs }: CacheHints): void => {
  if (ttlMs === undefined || (Number.isSafeInteger(ttlMs) && ttlMs >= 0)) return
  throw new TypeError(`ttlMs is a whole number of milliseconds from 0 upward, not ${ttlMs}`)
}

/** The hints of every page of a list alike (A5): private as soon as one principal may see what another may not. */
export const hintsFor = <Hints extends CacheHints>(hints: Hints, restricted: boolean): Hints =>
  restricted ? { ...hints, cacheScope: 'private' } : hints
