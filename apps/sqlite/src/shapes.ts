import type { Json } from '@parley/core'
import { toolResult } from '@parley/server'
import type { ToolResult } from '@parley/server'
import { z } from 'zod'
import type { Cell, Column, Params, PlanStep, Table, Value } from './engine/engine.ts'

/** What a tool says of itself that only looks: nothing changes, the same each time, nothing beyond the file is reached. */
export const looking: { readOnlyHint: true; idempotentHint: true; openWorldHint: false } = {
  readOnlyHint: true,
  idempotentHint: true,
  openWorldHint: false,
}

/** One statement. */
export const sql: z.ZodString = z.string().min(1).max(100_000).describe('One SELECT, VALUES or WITH … SELECT statement')

const value: z.ZodType<Value> = z.union([
  z.null(),
  z.boolean(),
  z.number(),
  z.string(),
  z.strictObject({ $int: z.string() }),
  z.strictObject({ $blob: z.string() }),
])

/** The values of a statement's parameters. */
export const params: z.ZodOptional<z.ZodType<Params>> = z
  .union([z.array(value), z.record(z.string(), value)])
  .optional()
  .describe(
    'Values for ? in order, or for :name by name. Large integers are {"$int": "9007199254740993"}, bytes {"$blob": base64}',
  )

/** A value of a row. */
export const cell: z.ZodType<Cell> = z
  .union([
    z.null(),
    z.number(),
    z.string(),
    z.strictObject({ $int: z.string() }).describe('A large integer'),
    z.strictObject({ $real: z.enum(['Infinity', '-Infinity']) }),
    z.strictObject({ $blob: z.string(), bytes: z.number() }).describe('Bytes in base64, or their beginning'),
    z.strictObject({ $cut: z.string(), bytes: z.number() }).describe('The beginning of a long text'),
  ])
  // Named, so that a schema holds it once, however often a value occurs.
  .meta({ id: 'Cell' })

/** A column of a result. */
export const column: z.ZodType<Column> = z.object({
  name: z.string(),
  type: z.string(),
  table: z.string().exactOptional(),
})

/** A step of a plan, with those beneath it. */
export const planStep: z.ZodType<PlanStep> = z.object({
  id: z.number(),
  detail: z.string(),
  get steps() {
    return z.array(planStep)
  },
})

const foreignKey = z.object({
  table: z.string(),
  columns: z.array(z.string()),
  toTable: z.string(),
  toColumns: z.array(z.string()),
  onUpdate: z.string(),
  onDelete: z.string(),
})

const tableColumn = z.object({
  name: z.string(),
  type: z.string(),
  notNull: z.boolean(),
  defaultValue: z.string().nullable(),
  primaryKey: z.number().describe('Its place in the primary key, from 1; 0 where it is in none'),
  generated: z.boolean(),
})

/** A table or a view with all that belongs to it. */
export const tableShape: z.ZodType<Table> = z.object({
  name: z.string(),
  kind: z.enum(['table', 'view', 'virtual', 'shadow']),
  columns: z.array(tableColumn),
  primaryKey: z.array(z.string()),
  foreignKeys: z.array(foreignKey),
  referencedBy: z.array(foreignKey),
  indexes: z.array(
    z.object({
      name: z.string(),
      unique: z.boolean(),
      partial: z.boolean(),
      origin: z.enum(['index', 'unique', 'primary key']),
      columns: z.array(z.string().nullable()).describe('Null stands for an expression'),
      ddl: z.string().nullable(),
    }),
  ),
  triggers: z.array(z.object({ name: z.string(), table: z.string(), ddl: z.string().nullable() })),
  rowEstimate: z.number().nullable(),
  withoutRowid: z.boolean(),
  strict: z.boolean(),
  ddl: z.string().nullable(),
  broken: z.string().exactOptional(),
})

/** A tool's answer: words for the model, and the same as data. */
export const answer = (text: string, structuredContent: object): ToolResult =>
  // The output schema of the tool checks what it is; the engine's own types are readonly, which JSON's are not.
  toolResult({ content: [{ type: 'text', text }], structuredContent: structuredContent as Json })
