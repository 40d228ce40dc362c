import { createRequire } from 'node:module'

/** What a statement of `node:sqlite` takes and hands out here. */
export type NodeValue = null | number | bigint | string | Uint8Array

/** The part of a statement of `node:sqlite` that is used here. */
export interface NodeStatement {
  setReadBigInts(on: boolean): void
  setReturnArrays(on: boolean): void
  columns(): readonly { readonly name: string; readonly type: string | null; readonly table: string | null }[]
  iterate(...values: readonly (NodeValue | Readonly<Record<string, NodeValue>>)[]): Iterator<readonly NodeValue[]>
}

/** The part of a connection of `node:sqlite` that is used here. What is optional came with Node 24. */
export interface NodeDatabase {
  prepare(sql: string): NodeStatement
  exec(sql: string): void
  close(): void
  enableDefensive?(on: boolean): void
  setAuthorizer?(ask: (action: number, first: string | null, second: string | null) => number): void
  readonly limits?: Record<string, number>
}

/** The part of the module `node:sqlite` that is used here; the types of Node 20 have none of it. */
export interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly: boolean; readonly allowExtension: boolean; readonly timeout: number },
  ) => NodeDatabase
}

/** Loads Node's own SQLite; undefined where there is none. */
export const loadSqlite = (): NodeSqlite | undefined => {
  try {
    const sqlite: NodeSqlite = createRequire(import.meta.url)('node:sqlite')
    return sqlite
  } catch {
    return undefined
  }
}
