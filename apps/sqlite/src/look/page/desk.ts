import { connect } from '@parley/client'
import type { CallOptions, Client, ToolOutcome } from '@parley/client'
import { isObject } from '@parley/core'
import type { JsonObject, StandardSchema } from '@parley/core'
import { http } from '@parley/transports/http/client'
import type { Cell, Column, Plan, Table, Value } from '../../engine/engine.ts'
import { statementsUri } from '../statements.ts'
import type { Ran } from '../statements.ts'

/** A statement with the values that are bound to it. */
export type Statement = {
  readonly sql: string
  readonly params?: Value[] | { [name: string]: Value }
  readonly database: string
}

/** A page of rows. */
export type Rows = {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly nextCursor?: string
  readonly elapsedMs: number
}

/** A tool said what is wrong, in words for a model, which are good for a person, too. */
export class Failed extends Error {
  override readonly name = 'Failed'
}

/** What an error says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

// The page and the server are of one package, so that names are enough to tell an answer from something else.
const shaped = <T>(...members: (keyof T & string)[]): StandardSchema<unknown, T> => ({
  '~standard': {
    version: 1,
    vendor: 'parley-sqlite',
    validate: (value) =>
      isObject(value) && members.every((member) => Object.hasOwn(value, member))
        ? { value: value as T }
        : { issues: [{ message: `This is no answer with ${members.join(', ')}` }] },
  },
})

const rowsShape = shaped<Rows>('columns', 'rows', 'elapsedMs')
const planShape = shaped<Plan>('steps', 'warnings')

const words = ({ content }: Pick<ToolOutcome, 'content'>): string =>
  content.flatMap((block) => (block.type === 'text' ? block.text : [])).join('\n')

const argumentsOf = ({ sql, params, database }: Statement): JsonObject => ({
  sql,
  database,
  ...(params === undefined ? {} : { params }),
})

/** All that the page asks of the server: what any client may ask. Calls reject with `Failed` where a tool says no. */
export class Desk {
  readonly client: Client
  /** The databases by their aliases, the one that is meant where none is named first. */
  readonly databases: readonly string[]
  /** The most rows of one page. */
  readonly most: number
  /** Whether whole results may be put aside to be fetched. */
  readonly exports: boolean

  private constructor(client: Client, facts: Pick<Desk, 'databases' | 'most' | 'exports'>) {
    this.client = client
    this.databases = facts.databases
    this.most = facts.most
    this.exports = facts.exports
  }

  /** Connects with the token of this launch. Rejects where the server does not know it. */
  static async open(token: string): Promise<Desk> {
    const client = await connect(
      http(new URL('/page/mcp', location.href), { headers: { authorization: `Bearer ${token}` } }),
      {
        name: 'parley-sqlite page',
        version: '1',
        // What checks schemas makes code from strings, which this page forbids.
        validate: 'never',
      },
    )
    const [tools, resources] = await Promise.all([client.listTools(), client.listResources()])
    const databases = resources.flatMap(({ uri }) => /^schema:\/\/([\w-]+)$/.exec(uri)?.[1] ?? [])
    const input = tools.find(({ name }) => name === 'query_data')?.inputSchema
    const limit = isObject(input?.['properties']) ? input['properties']['limit'] : undefined
    const most = isObject(limit) && typeof limit['maximum'] === 'number' ? limit['maximum'] : 100
    return new Desk(client, { databases, most, exports: tools.some(({ name }) => name === 'export_query') })
  }

  /** A page of rows. */
  async rows(statement: Statement, limit: number, cursor: string | undefined, signal: AbortSignal): Promise<Rows> {
    const args = { ...argumentsOf(statement), limit, ...(cursor === undefined ? {} : { cursor }) }
    return this.#call('query_data', args, rowsShape, signal)
  }

  /** How a statement would be run. */
  async plan(statement: Statement, signal: AbortSignal): Promise<Plan> {
    return this.#call('explain_query', argumentsOf(statement), planShape, signal)
  }

  /** The whole result as CSV: it is put aside first, and then fetched as a resource. */
  async csv(statement: Statement, options: Pick<CallOptions, 'signal' | 'onProgress'>): Promise<string> {
    const outcome = await this.client.callTool('export_query', { ...argumentsOf(statement), format: 'csv' }, options)
    const link = outcome.content.find((block) => block.type === 'resource_link')
    if (outcome.isError || link === undefined) throw new Failed(words(outcome))
    return (await this.client.readResource(link.uri, { signal: options.signal })).text()
  }

  /** The tables and views of a database. */
  async tables(database: string): Promise<readonly Table[]> {
    const read = await this.client.readResource(`schema://${database}/tables`, { cache: false })
    const tables: Table[] = JSON.parse(read.text())
    return tables.filter(({ kind }) => kind !== 'shadow')
  }

  /** What was run by anyone since the statement of a number. */
  async ran(after: number): Promise<readonly Ran[]> {
    const read = await this.client.readResource(`${statementsUri}?after=${after}`, { cache: false })
    const { statements }: { statements: Ran[] } = JSON.parse(read.text())
    return statements
  }

  /** The tables whose names hold what was typed, by the server's own completion. */
  async tableNames(database: string, value: string, signal: AbortSignal): Promise<string[]> {
    const ref = { type: 'ref/resource' as const, uri: `schema://${database}/{table}` }
    return (await this.client.complete(ref, { name: 'table', value }, undefined, { signal })).values
  }

  /** The columns of a table, likewise: what its rows may be ordered by. */
  async columnNames(database: string, table: string, value: string, signal: AbortSignal): Promise<string[]> {
    const ref = { type: 'ref/resource' as const, uri: `table://${database}/{table}{?limit,offset,order}` }
    const { values } = await this.client.complete(ref, { name: 'order', value }, { table }, { signal })
    return values.filter((name) => !name.startsWith('-'))
  }

  async #call<T>(tool: string, args: JsonObject, output: StandardSchema<unknown, T>, signal: AbortSignal): Promise<T> {
    const outcome = await this.client.callTool(tool, args, { signal, output })
    if (outcome.isError) throw new Failed(words(outcome))
    return outcome.structured
  }
}
