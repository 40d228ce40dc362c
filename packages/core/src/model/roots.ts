import type { JsonObject } from '../json.ts'

/** A directory or file that a server may work in (client/roots). */
export type Root = {
  /** A `file:` URI. */
  uri: string
  name?: string
  _meta?: JsonObject | undefined
}

/** Everything a server may work in. */
export type ListRootsResult = {
  roots: Root[]
  _meta?: JsonObject | undefined
}
