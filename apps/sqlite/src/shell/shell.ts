import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import type { ElicitResult, JsonObject } from '@parley/core'
import { memory } from '@parley/transports/memory'
import type { Explorer } from '../explorer.ts'
import { createSqlite } from '../server.ts'
import { version } from '../version.ts'
import {
  complaint,
  harmless,
  printCsv,
  printMatches,
  printProfile,
  printRows,
  printTable,
  printTables,
  printText,
} from './answers.ts'
import type { Calling } from './answers.ts'
import { help, readTyped } from './commands.ts'
import type { CommandName } from './commands.ts'
import { Lines } from './lines.ts'
import type { Terminal } from './lines.ts'
import { dim } from './paint.ts'

/** One conversation at a terminal with the server that models talk to. */
class Shell {
  readonly #explorer: Explorer
  readonly #terminal: Terminal
  readonly #lines: Lines
  #client: Client | undefined
  #running: AbortController | undefined
  #database: string
  #limit: number
  /** The statement whose rows `\more` goes on with. */
  #last: JsonObject | undefined
  /** Ctrl-C dropped the lines of a statement that was not whole. */
  #dropped = false
  #failed = false

  constructor(explorer: Explorer, terminal: Terminal) {
    this.#explorer = explorer
    this.#terminal = terminal
    this.#database = explorer.databases[0].alias
    this.#limit = Math.min(40, explorer.maxRows)
    this.#lines = new Lines(terminal, () => this.#interrupt())
  }

  /** Whether everything went well. */
  get succeeded(): boolean {
    return !this.#failed
  }

  async run(): Promise<void> {
    const server = createSqlite(this.#explorer)
    const onElicit = (form: { message: string }): Promise<ElicitResult> => this.#ask(form.message)
    this.#client = await connect(memory(server), { name: 'parley-sqlite shell', version, onElicit })
    try {
      if (this.#terminal.input.isTTY === true)
        this.#say(dim(String.raw`parley-sqlite ${version}. \help says what can be typed, \quit leaves.`))
      await this.#read(this.#client)
    } finally {
      await this.#client.close()
      await server.close()
      this.#lines[Symbol.dispose]()
    }
  }

  async #read(client: Client): Promise<void> {
    let typed = ''
    for (;;) {
      const line = await this.#lines.next(typed === '' ? `${this.#database}> ` : '   ...> ')
      if (this.#dropped) typed = ''
      this.#dropped = false
      const text = `${typed}${line ?? ';'}`
      const read = readTyped(text)
      typed = read.kind === 'open' ? `${text}\n` : ''
      if (read.kind === 'unknown') this.#fail(new Error(`There is no \\${read.word}. \\help says what there is.`))
      if (read.kind === 'command' && read.name === 'quit') return
      if (read.kind === 'command') await this.#do(client, read.name, read.rest)
      if (line === undefined) return
    }
  }

  async #do(client: Client, name: CommandName, rest: string): Promise<void> {
    this.#running = new AbortController()
    const { signal } = this.#running
    try {
      await this.#command({ client, signal, say: (text) => this.#say(text) }, name, rest)
    } catch (error) {
      this.#fail(signal.aborted ? new Error('Cancelled.') : error)
    } finally {
      this.#running = undefined
    }
  }

  async #command(calling: Calling, name: CommandName, rest: string): Promise<void> {
    const database = this.#database
    switch (name) {
      case 'query':
        return this.#query(calling, { sql: rest, database, limit: this.#limit })
      case 'more':
        if (this.#last === undefined) throw new Error('There are no rows to go on with.')
        return this.#query(calling, this.#last)
      case 'tables':
        return printTables(calling, { database })
      case 'describe':
        return printTable(calling, { table: rest, database })
      case 'schema':
        return this.#say(harmless((await calling.client.readResource(`schema://${database}`)).text()))
      case 'profile':
        return printProfile(calling, { table: rest, database })
      case 'search':
        return printMatches(calling, { text: rest, database })
      case 'explain':
        return printText(calling, 'explain_query', { sql: rest, database })
      case 'csv':
        return printCsv(calling, { sql: rest, database })
      case 'change':
        if (this.#explorer.databases.every(({ writable }) => !writable)) {
          throw new Error('Nothing may be changed here. Start it with --allow-write, on Node 24 or later.')
        }
        return printText(calling, 'execute_change', { sql: rest, database })
      case 'limit':
        return this.#setLimit(rest)
      case 'use':
        return this.#use(rest)
      default:
        return this.#say(help)
    }
  }

  async #query(calling: Calling, args: JsonObject): Promise<void> {
    this.#last = undefined
    const cursor = await printRows(calling, args)
    if (cursor !== undefined) this.#last = { ...args, cursor }
  }

  #setLimit(text: string): void {
    const { maxRows } = this.#explorer
    const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
    if (limit < 1 || limit > maxRows) throw new Error(String.raw`\limit takes a number from 1 to ${maxRows}.`)
    this.#limit = limit
  }

  #use(alias: string): void {
    const aliases = this.#explorer.databases.map((database) => database.alias)
    if (!aliases.includes(alias))
      throw new Error(`There is no database of that name. There are: ${aliases.join(', ')}.`)
    this.#database = alias
    this.#last = undefined
  }

  async #ask(message: string): Promise<ElicitResult> {
    this.#say(harmless(message))
    const line = await this.#lines.next('Run it? y/n ')
    if (line === undefined) return { action: 'cancel' }
    return /^y(?:es)?$/i.test(line.trim()) ? { action: 'accept', content: { run: true } } : { action: 'decline' }
  }

  /** Ends as if nothing more were typed, and ends what runs. */
  end(): void {
    this.#lines[Symbol.dispose]()
    this.#running?.abort()
  }

  #interrupt(): void {
    if (this.#running === undefined) this.#dropped = true
    this.#running?.abort()
    this.#lines.skip()
  }

  #say(text: string): void {
    this.#terminal.output.write(`${text}\n`)
  }

  #fail(error: unknown): void {
    this.#failed = true
    this.#terminal.errors.write(`${complaint(error)}\n`)
  }
}

const ownTerminal = (): Terminal => ({ input: process.stdin, output: process.stdout, errors: process.stderr })

/** Talks to a person at a terminal, or reads what is piped in, to the end; gives the code to exit with. */
export const runShell = async (explorer: Explorer, terminal: Terminal = ownTerminal()): Promise<number> => {
  const shell = new Shell(explorer, terminal)
  // A terminal window that is closed ends the process; what was opened is to be closed before.
  const end = (): void => shell.end()
  process.once('SIGTERM', end).once('SIGHUP', end)
  await shell.run()
  process.off('SIGTERM', end).off('SIGHUP', end)
  // Whoever sits at a terminal has seen what went wrong; a script has to be told.
  return shell.succeeded || terminal.input.isTTY === true ? 0 : 1
}
