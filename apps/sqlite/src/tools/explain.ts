import type { Server } from '@parley/server'
import { z } from 'zod'
import type { PlanStep } from '../engine/engine.ts'
import { databaseArgument, databaseNamed, run } from '../explorer.ts'
import type { Explorer } from '../explorer.ts'
import { answer, looking, params, planStep, sql } from '../shapes.ts'
import { dataBlock } from '../show/data-block.ts'

/** The steps of a plan as lines, those beneath another set in. */
export const planLines = (steps: readonly PlanStep[], indent = ''): string[] =>
  steps.flatMap(({ detail, steps: beneath }) => [`${indent}${detail}`, ...planLines(beneath, `${indent}  `)])

/** Adds `explain_query`, which tells how a statement would be run without running it. */
export const addExplain = (server: Server, explorer: Explorer): void => {
  server.tool(
    'explain_query',
    {
      title: 'Explain a query',
      description: 'Tells how SQLite would run a statement, and what of it will be slow; nothing is run',
      input: z.object({ sql, params, database: databaseArgument(explorer) }),
      output: z.object({ steps: z.array(planStep), warnings: z.array(z.string()) }),
      annotations: looking,
    },
    async ({ sql: statement, params: values, database: alias }, ctx) => {
      const database = databaseNamed(explorer, alias)
      const { steps, warnings } = await run(explorer, ctx, { database, sql: statement, params: values }, () =>
        database.explain(statement, values, { signal: ctx.signal }),
      )
      const lines = [...planLines(steps), ...warnings.map((warning) => `Warning: ${warning}`)]
      return answer(dataBlock(lines.join('\n')), { steps, warnings })
    },
  )
}
