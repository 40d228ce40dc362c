import type { Server } from '@parley/server'
import type { Catalogue, Database, Table } from '../engine/engine.ts'
import { catalogueOf } from '../explorer.ts'
import { completing, findTable, tableNames } from '../names.ts'
import { reading } from './reading.ts'

const statement = (ddl: string | null): string[] => (ddl === null ? [] : [`${ddl.replace(/;?\s*$/, '')};`])

const statementsOf = ({ ddl, indexes, triggers }: Table): string[] => [
  ...statement(ddl),
  ...indexes.flatMap((index) => statement(index.ddl)),
  ...triggers.flatMap((trigger) => statement(trigger.ddl)),
]

/** The statements that make the database anew, table by table. */
export const ddlOf = ({ tables }: Catalogue): string => tables.flatMap(statementsOf).join('\n')

/** Adds what is to be read about the schema of one database: its statements, its tables as data, each table. */
export const addSchema = (server: Server, database: Database): void => {
  const { alias } = database
  server.resource(
    `schema://${alias}`,
    {
      name: `${alias} schema`,
      description: `The statements that made the tables, views, indexes and triggers of ${alias}`,
      mimeType: 'text/plain',
    },
    (_, ctx) => reading(async () => ddlOf(await catalogueOf(database, ctx))),
  )
  server.resource(
    `schema://${alias}/tables`,
    { name: `${alias} tables`, description: `All tables of ${alias} with columns, keys and indexes, as JSON` },
    (_, ctx) => reading(async () => (await catalogueOf(database, ctx)).tables),
  )
  // What the template is made of is known only at run time, and so are its variables.
  const template: string = `schema://${alias}/{table}`
  server.resource(
    template,
    {
      name: `${alias} table`,
      description: `One table of ${alias}: columns, keys, foreign keys in both directions, indexes, as JSON`,
      complete: { table: async (typed, { ctx }) => completing(await tableNames(database, ctx.signal), typed) },
      // A table's name is no path: one with dots or slashes is as good as any.
      unsafe: ['table'],
    },
    ({ table }, ctx) => reading(async () => findTable(await catalogueOf(database, ctx), String(table))),
  )
}
