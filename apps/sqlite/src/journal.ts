import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { ToolError } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { Context } from '@parley/server'
import type { Params } from './engine/engine.ts'

/** A statement that was run, and how it went. */
export type Entry = {
  readonly database: string
  readonly sql: string
  readonly params: Params | undefined
  /** Milliseconds, the time in the queue included. */
  readonly ms: number
  readonly rows: number | null
  readonly verdict: 'ok' | 'refused' | 'failed' | 'stopped' | 'changed' | 'rehearsed'
  /** What was wrong, where something was. */
  readonly why?: string
}

/** An entry with when it was written and for whom. */
export type JournalLine = Omit<Entry, 'params'> & {
  /** ISO 8601. */
  readonly at: string
  /** Who called: by a verified token, or else by its own word. */
  readonly caller: string | null
  /** What the program that called says it is. */
  readonly client: string | null
  /** The values that were bound, where they are to be written. */
  readonly params?: Params
}

/** How statements are written down. */
export type JournalOptions = {
  /** A file that gets a line of JSON for each statement. @default none */
  readonly audit?: string | undefined
  /** Whether the values that were bound are written, too. @default false */
  readonly params?: boolean
}

/**
 * Writes down every statement: for its caller as a log line that names it by its hash, and for the owner of the database
 * in the audit file with its words.
 */
export class Journal implements AsyncDisposable {
  readonly #file: FileHandle | undefined
  readonly #params: boolean
  readonly #followers = new Set<(line: JournalLine) => void>()
  #written: Promise<unknown> = Promise.resolve()

  private constructor(file: FileHandle | undefined, params: boolean) {
    this.#file = file
    this.#params = params
  }

  /** Opens a journal; rejects with the system's error where the audit file cannot be had. Whoever opens it disposes of it. */
  static async open({ audit, params = false }: JournalOptions = {}): Promise<Journal> {
    // What is in a database concerns nobody but the owner of the file.
    return new Journal(audit === undefined ? undefined : await open(audit, 'a', 0o600), params)
  }

  /** Settles once the line is in the file; rejects with a ToolError where it cannot be, so that nothing more is answered. */
  async write(ctx: Context, { sql, params, ...entry }: Entry): Promise<void> {
    const hash = createHash('sha256').update(sql).digest('hex').slice(0, 16)
    const bound = this.#params && params !== undefined ? { params } : {}
    ctx.log.info({ statement: hash, ...entry, ...bound }, 'sql')
    const at = new Date().toISOString()
    const client = ctx.caller.info?.name ?? null
    const caller = ctx.auth?.subject ?? client
    for (const hear of this.#followers) hear({ at, caller, client, sql, ...entry, ...bound })
    if (this.#file === undefined) return
    try {
      await this.#append({ at, caller, statement: hash, sql, ...entry, ...bound })
    } catch {
      throw new ToolError('The statement was run, but it could not be written down: tell the owner of this server.')
    }
  }

  /** Hears of every statement from now on, until what comes back is disposed of. */
  follow(hear: (line: JournalLine) => void): Disposable {
    this.#followers.add(hear)
    return { [Symbol.dispose]: () => void this.#followers.delete(hear) }
  }

  #append(line: JsonObject): Promise<void> {
    // One after the other, however many statements end at once; a line that failed does not keep the next from trying.
    const writing = this.#written.then(() => this.#file?.appendFile(`${JSON.stringify(line)}\n`))
    this.#written = writing.catch(() => undefined)
    return writing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#written
    await this.#file?.close()
  }
}
