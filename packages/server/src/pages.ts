import { fromBase64Url, invalidParams, toBase64Url } from '@parley/core'
import type { CacheHints } from '@parley/core'
import type { Call } from '@parley/protocol'
import type { FeatureHost } from './features/feature.ts'
import type { Offered, Registry } from './registry.ts'

/** One page of a list, with how long it stays fresh and for whom. */
export type Page<Listed> = CacheHints & { items: Listed[]; nextCursor?: string }

type Place = { order: number; offset: number }

/**
 * The page of a list that a call asks for: what the registered items expand to, in order, `host.pageSize` at a time.
 *
 * A cursor names the place of the first item not yet sent, by the order of registration. It outlives additions and
 * removals, holds nothing that a forger could use, and means the same in every process that registers alike. `list`
 * names the list, so that its cursors are none of another's (server/utilities/pagination).
 * @throws RpcError (by rejection) `invalidParams` for a cursor that is none of this list's (A8)
 */
export const listPage = async <Item extends Offered, Listed>(
  { params, exchange }: Call,
  registry: Registry<Item, never>,
  host: FeatureHost,
  list: string,
  expand: (item: Item) => readonly Listed[] | Promise<readonly Listed[]>,
): Promise<Page<Listed>> => {
  const from = readCursor(params['cursor'], list, registry.issued)
  const page: Page<Listed> = { items: [], ...hintsFor(host.listHints, registry.restricted) }
  for (const { item, order } of registry.offered(exchange.origin.principal)) {
    if (order < from.order) continue
    const expanded = expand(item)
    const listed = expanded instanceof Promise ? await expanded : expanded
    for (const [offset, each] of listed.entries()) {
      if (order === from.order && offset < from.offset) continue
      if (page.items.length >= Math.max(1, host.pageSize))
        return { ...page, nextCursor: writeCursor(list, { order, offset }) }
      page.items.push(each)
    }
  }
  return page
}

const writeCursor = (list: string, { order, offset }: Place): string =>
  toBase64Url(new TextEncoder().encode(`${list}:${order}:${offset}`))

const readCursor = (cursor: unknown, list: string, issued: number): Place => {
  if (cursor === undefined) return { order: 0, offset: 0 }
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
