/** The numbers that SQLite's authorizer calls with; part of its stable interface. */
const INSERT = 18
const PRAGMA = 19
const READ = 20
const SELECT = 21
const TRANSACTION = 22
const UPDATE = 23
const DELETE = 9
const ALTER_TABLE = 26
const REINDEX = 27
const FUNCTION = 31
const RECURSIVE = 33
const ddl: ReadonlySet<number> = new Set([1, 2, 7, 8, 10, 11, 16, 17, ALTER_TABLE, REINDEX])

const OK = 0
const DENY = 1

/** Functions that load code, or take a pointer for a value. */
export const deniedFunctions: ReadonlySet<string> = new Set([
  'load_extension',
  'fts3_tokenizer',
  'readfile',
  'writefile',
  'edit',
])

/** Virtual tables that show the raw bytes of the file, its path, or what others run. */
export const deniedTables: ReadonlySet<string> = new Set([
  'sqlite_dbpage',
  'sqlite_stmt',
  'bytecode',
  'tables_used',
  'fts3tokenize',
  'pragma_database_list',
])

const allowedPragmas: ReadonlySet<string> = new Set([
  'application_id',
  'collation_list',
  'compile_options',
  'data_version',
  'encoding',
  'foreign_key_check',
  'foreign_key_list',
  'freelist_count',
  'function_list',
  'index_info',
  'index_list',
  'index_xinfo',
  'integrity_check',
  'module_list',
  'page_count',
  'page_size',
  'pragma_list',
  'quick_check',
  'schema_version',
  'table_info',
  'table_list',
  'table_xinfo',
  'user_version',
])

// With columns hidden, what would show their names or samples of their values.
const tellingPragmas = /^(table_x?info|index_x?info|foreign_key_list|integrity_check|quick_check)$/
const tellingTables = /^sqlite_stat[34]$/
const schemaTables = /^sqlite_(temp_)?(schema|master)$/

/** What a statement was denied for. */
export type Denial = {
  readonly kind: 'column' | 'function' | 'table' | 'pragma' | 'action'
  readonly name: string
}

/** Decides what a statement may touch, as SQLite compiles it. */
export interface Policy {
  /** SQLite's authorizer callback: 0 allows, 1 denies. */
  readonly authorize: (action: number, first: string | null, second: string | null) => 0 | 1
  /** What was denied since this was last asked. */
  denial(): Denial | undefined
  /** Runs something of the engine's own, to which nothing is denied. */
  unwatched<T>(work: () => T): T
}

/** What a policy allows beyond reading. */
export type PolicyOptions = {
  /** `table.column`, in lower case. @default none */
  readonly hidden?: ReadonlySet<string>
  /** @default false */
  readonly write?: boolean
  /** @default false */
  readonly ddl?: boolean
}

const lower = (text: string | null): string => (text ?? '').toLowerCase()

const readDenial = (table: string, column: string, hidden: ReadonlySet<string>): Denial | undefined => {
  if (deniedTables.has(table)) return { kind: 'table', name: table }
  if (hidden.size === 0) return undefined
  const shows = tellingTables.test(table) || (schemaTables.test(table) && column === 'sql')
  return shows || hidden.has(`${table}.${column}`) ? { kind: 'column', name: `${table}.${column}` } : undefined
}

const pragmaDenial = (name: string, hidden: ReadonlySet<string>): Denial | undefined => {
  const denied = !allowedPragmas.has(name) || (hidden.size > 0 && tellingPragmas.test(name))
  return denied ? { kind: 'pragma', name } : undefined
}

const writeDenial = (
  table: string,
  column: string,
  hidden: ReadonlySet<string>,
  schema: boolean,
): Denial | undefined => {
  // Schema statements write to the schema's table themselves; with defensive settings nothing else can.
  if (table.startsWith('sqlite_') && !schema) return { kind: 'table', name: table }
  return hidden.has(`${table}.${column}`) ? { kind: 'column', name: `${table}.${column}` } : undefined
}

const judge = (action: number, first: string, second: string, options: Required<PolicyOptions>): Denial | undefined => {
  const { hidden, write } = options
  if (action === SELECT || action === RECURSIVE) return undefined
  if (action === READ) return readDenial(first, second, hidden)
  if (action === FUNCTION) return deniedFunctions.has(second) ? { kind: 'function', name: second } : undefined
  if (action === PRAGMA) return pragmaDenial(first, hidden)
  if (write && (action === INSERT || action === DELETE || action === UPDATE)) {
    return writeDenial(first, action === UPDATE ? second : '', hidden, options.ddl)
  }
  if (options.ddl && ddl.has(action)) return undefined
  return { kind: 'action', name: action === TRANSACTION ? 'a transaction' : `action ${action}` }
}

/** A policy that allows reading, but for hidden columns and what is listed here, and what `options` add. */
export const makePolicy = ({ hidden = new Set(), write = false, ddl: schema = false }: PolicyOptions): Policy => {
  let last: Denial | undefined
  let own = 0
  return {
    authorize: (action, first, second) => {
      if (own > 0) return OK
      const denial = judge(action, lower(first), lower(second), { hidden, write, ddl: schema })
      last ??= denial
      return denial ? DENY : OK
    },
    denial: () => {
      const denial = last
      last = undefined
      return denial
    },
    unwatched: (work) => {
      own++
      try {
        return work()
      } finally {
        own--
      }
    },
  }
}
