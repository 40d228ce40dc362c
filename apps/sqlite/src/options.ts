import { basename, extname } from 'node:path'
import { parseArgs } from 'node:util'
import { nearest } from './engine/sql/nearest.ts'

/** A database file, and what it is called here. */
export type Source = { readonly alias: string; readonly path: string }

/** What can be done with databases; serving them needs no word. */
export const commands = ['serve', 'shell', 'look'] as const

/** One of these. */
export type Command = (typeof commands)[number]

/** What is wanted, as it was said on the command line. */
export type Wish = {
  readonly command: Command
  /** The files in order, the first of them the one that is meant when none is named. */
  readonly sources: readonly Source[]
  /** Whether to make the sample database, too. */
  readonly demo: boolean
  readonly write: 'nothing' | 'rows' | 'everything'
  /** Where the database is copied to before the first change; undefined makes no copy. */
  readonly backup: string | undefined
  /** Columns that stay hidden, as `table.column`, each of one database. */
  readonly deny: readonly { readonly alias: string; readonly column: string }[]
  readonly maxRows: number
  /** Milliseconds that one statement may take. */
  readonly timeout: number
  readonly dataResources: boolean
  readonly logParams: boolean
  readonly audit: string | undefined
  /** Where to listen; undefined is standard input and output. */
  readonly http: { readonly port: number; readonly host: string; readonly allow: readonly string[] } | undefined
  /** How the page is served; undefined where none is wanted. */
  readonly look: { readonly port: number; readonly open: boolean } | undefined
}

/** How the program is used. */
export const help = `parley-sqlite: a Model Context Protocol server that lets a model look at SQLite databases, and harm nothing

  parley-sqlite FILE...          serves over standard input and output, for a host to start
  parley-sqlite --demo           the same with a sample database: a small bookshop
  parley-sqlite shell FILE       asks the same server from a terminal
  parley-sqlite look FILE        the same in a browser: schema, editor, rows, plans, and what was run
  parley-sqlite --help           shows this
  parley-sqlite --version        shows the version

The first file is called "main", the others as their files are; --name ALIAS=FILE says otherwise.

What may be seen:

  --deny TABLE.COLUMN            hides a column; of another file than the first, --deny ALIAS:TABLE.COLUMN
  --no-data-resources            offers no rows as resources, only through tools
  --max-rows N                   rows of one answer, 1 to 1000 (1000)
  --timeout SECONDS              for one statement, at most 60 (5)

What may be changed:

  --allow-write                  offers execute_change, which asks the person before each change
  --allow-ddl                    lets it change tables too, not only rows
  --backup FILE                  copies the database there before the first change

What is written down:

  --audit FILE                   appends a line of JSON for each statement
  --log-params                   with the values that were bound to it

Over HTTP:

  --http PORT                    listens on this machine; 0 takes any free port
  --host ADDRESS                 listens on another address; needs a token
  --allow NAME                   answers to that name, too; may stand more than once

  PARLEY_SQLITE_TOKEN            in the environment: who calls must hold it, as a bearer token

In a browser, with look:

  --port N                       listens on that port; any free one without it
  --no-open                      prints the URL only

In a host's configuration:

  { "mcpServers": { "sqlite": { "command": "npx", "args": ["-y", "@parley/server-sqlite", "FILE"] } } }
`

const flags = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  demo: { type: 'boolean' },
  name: { type: 'string', multiple: true },
  deny: { type: 'string', multiple: true },
  'no-data-resources': { type: 'boolean' },
  'max-rows': { type: 'string' },
  timeout: { type: 'string' },
  'allow-write': { type: 'boolean' },
  'allow-ddl': { type: 'boolean' },
  backup: { type: 'string' },
  audit: { type: 'string' },
  'log-params': { type: 'boolean' },
  http: { type: 'string' },
  host: { type: 'string' },
  allow: { type: 'string', multiple: true },
  port: { type: 'string' },
  'no-open': { type: 'boolean' },
} as const

type Parsed = ReturnType<typeof parseArgs<{ options: typeof flags; allowPositionals: true }>>
type Flags = Parsed['values']

// Node answers a misspelt option with how to write a file that is called like that, which nobody meant.
const parsed = (args: readonly string[]): Parsed => {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true })
  } catch (error) {
    const [, option] = /^Unknown option '(-[^']*)'/.exec(error instanceof Error ? error.message : '') ?? []
    if (option === undefined) throw error
    const [near] = nearest(option.replace(/^--?/, ''), Object.keys(flags))
    const hint = near === undefined ? '' : ` Did you mean --${near}?`
    throw new TypeError(`There is no option ${option}.${hint}`, { cause: error })
  }
}

/** What a command line comes to: a wish, or one of the two texts. Throws a TypeError that says what is wrong with it. */
export const readCommandLine = (args: readonly string[]): Wish | 'help' | 'version' => {
  const { values, positionals } = parsed(args)
  if (values.help === true) return 'help'
  if (values.version === true) return 'version'
  const [first, ...rest] = positionals
  const command = commands.find((each) => each === first)
  const sources = sourcesOf(command === undefined ? positionals : rest, values.name ?? [])
  const demo = values.demo ?? false
  if (sources.length === 0 && !demo) throw new TypeError('Name a database file, or take --demo for a sample')
  return {
    command: command ?? 'serve',
    sources,
    demo,
    write: writing(values),
    backup: backupOf(values, sources),
    deny: (values.deny ?? []).map((column) => denied(column, sources)),
    maxRows: number('--max-rows', values['max-rows'] ?? '1000', [1, 1000]),
    timeout: number('--timeout', values.timeout ?? '5', [0.001, 60]) * 1000,
    dataResources: values['no-data-resources'] !== true,
    logParams: values['log-params'] ?? false,
    audit: values.audit,
    http: listening(values, command ?? 'serve'),
    look: looking(values, command ?? 'serve'),
  }
}

const writing = (values: Flags): Wish['write'] => {
  const ddl = values['allow-ddl'] ?? false
  if (values['allow-write'] !== true && ddl) throw new TypeError('--allow-ddl goes with --allow-write')
  if (values['allow-write'] !== true) return 'nothing'
  return ddl ? 'everything' : 'rows'
}

const backupOf = ({ backup, 'allow-write': write }: Flags, sources: readonly Source[]): string | undefined => {
  if (backup !== undefined && write !== true) throw new TypeError('--backup goes with --allow-write')
  if (backup !== undefined && sources.length > 1) throw new TypeError('--backup takes one database at a time')
  return backup
}

const denied = (text: string, sources: readonly Source[]): Wish['deny'][number] => {
  const [{ alias } = { alias: 'main' }, ...others] = sources
  const named = [alias, ...others.map((source) => source.alias)].find((each) => text.startsWith(`${each}:`))
  if (named !== undefined) return { alias: named, column: text.slice(named.length + 1) }
  // Whoever hides a column of several files must not find out later that it was hidden in one of them.
  if (others.length > 0) throw new TypeError(`--deny ${text}: say of which database, as --deny ${alias}:${text}`)
  return { alias, column: text }
}

const listening = (values: Flags, command: Wish['command']): Wish['http'] => {
  const { http, host, allow } = values
  if (http === undefined) {
    const stray = host !== undefined ? '--host' : allow !== undefined ? '--allow' : undefined
    if (stray !== undefined) throw new TypeError(`${stray} goes with --http`)
    return undefined
  }
  if (command !== 'serve') throw new TypeError(`${command} takes no --http`)
  return { port: portOf('--http', http), host: host ?? '127.0.0.1', allow: allow ?? [] }
}

const looking = ({ port, 'no-open': closed }: Flags, command: Wish['command']): Wish['look'] => {
  if (command === 'look') return { port: port === undefined ? 0 : portOf('--port', port), open: closed !== true }
  const stray = port !== undefined ? '--port' : closed !== undefined ? '--no-open' : undefined
  if (stray !== undefined) throw new TypeError(`${stray} goes with look`)
  return undefined
}

const portOf = (flag: string, text: string): number => {
  const port = number(flag, text, [0, 65_535])
  if (!Number.isInteger(port)) throw new TypeError(`${flag} takes a port, not ${text}`)
  return port
}

const number = (flag: string, text: string, [least, most]: readonly [number, number]): number => {
  const value = /^\d{1,6}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new TypeError(`${flag} takes a number from ${least} to ${most}, not ${JSON.stringify(text)}`)
}

const sourcesOf = (files: readonly string[], named: readonly string[]): Source[] => {
  const sources = new Map<string, string>()
  const add = (alias: string, path: string): void => {
    if (sources.has(alias)) throw new TypeError(`Two databases are called ${alias}: name one with --name ALIAS=FILE`)
    sources.set(alias, path)
  }
  for (const [index, path] of files.entries()) add(index === 0 ? 'main' : aliasOf(path), path)
  for (const pair of named) {
    const at = pair.indexOf('=')
    const alias = pair.slice(0, Math.max(at, 0))
    if (!/^[a-z][\w-]{0,31}$/i.test(alias)) {
      throw new TypeError(`--name takes ALIAS=FILE, the alias of letters, digits, _ and -, not ${JSON.stringify(pair)}`)
    }
    add(alias, pair.slice(at + 1))
  }
  return [...sources].map(([alias, path]) => ({ alias, path }))
}

/** A name for a file that a URI can hold: no more of the path is to be seen than that. */
const aliasOf = (path: string): string => {
  const stem = basename(path, extname(path))
    .toLowerCase()
    .replaceAll(/[^\w-]/g, '_')
    .slice(0, 32)
  return /^[a-z]/.test(stem) ? stem : `db_${stem}`.slice(0, 32)
}
