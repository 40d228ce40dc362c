import { createHash } from 'node:crypto'
import { canonical, createSealer, principalKey, ToolError } from '@parley/core'
import type { Principal, Sealer } from '@parley/core'
import type { Params } from './engine/engine.ts'

/** What a cursor belongs to: nothing else may be gone on with by it. */
export type CursorOwner = {
  readonly database: string
  readonly sql: string
  readonly params: Params | undefined
  readonly principal: Principal | undefined
}

/** A place in a result. */
export type Place = {
  /** Rows that were given already. */
  readonly offset: number
  /** The database's version when the first of them was. */
  readonly version: string
}

const lifetime = 60 * 60 * 1000

const binding = ({ database, sql, params, principal }: CursorOwner): { query: string } => ({
  query: createHash('sha256')
    .update(canonical([database, sql, params ?? null, principalKey(principal)]))
    .digest('base64url'),
})

/** Hands out places in results, sealed, so that they can neither be read nor be used for another query. */
export class Cursors {
  readonly #sealer: Sealer = createSealer({ label: 'cursor', limit: 4096 })

  /** Seals a place for an hour. */
  write(place: Place, owner: CursorOwner): Promise<string> {
    return this.#sealer.seal(JSON.stringify([place.offset, place.version]), binding(owner), lifetime)
  }

  /** The place that was sealed. Rejects with a ToolError for a cursor of another query, and for one too old. */
  async read(cursor: string, owner: CursorOwner): Promise<Place> {
    try {
      const [offset, version] = JSON.parse(await this.#sealer.open(cursor, binding(owner))) as [number, string]
      return { offset, version }
    } catch {
      throw new ToolError('This cursor is not of this query, or too old: run the query again without a cursor.')
    }
  }
}
