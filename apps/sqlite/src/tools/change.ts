import { randomUUID } from 'node:crypto'
import { ToolError } from '@parley/core'
import type { Context, Server } from '@parley/server'
import { z } from 'zod'
import type { Change } from '../engine/engine.ts'
import { databaseArgument, databaseNamed, run } from '../explorer.ts'
import type { Explorer, Statement } from '../explorer.ts'
import { answer, params } from '../shapes.ts'
import { countText, onOneLine } from '../show/cells.ts'
import { Tickets } from './tickets.ts'

const output = z.object({
  committed: z.boolean(),
  affected: z.number().describe('Rows that the statement changed'),
  affectedInAll: z.number().describe('With those that triggers and foreign keys changed'),
})

const consent = z.object({ run: z.boolean().describe('Run this statement') })

/**
 * Adds `execute_change`: it tries a change and takes it back, shows the person what it would do, and only then makes it.
 *
 * In the modern era the handler runs again from the top once the person has answered; in the legacy era it waits. What it
 * must do once, it does in `ctx.once`.
 */
export const addChange = (server: Server, explorer: Explorer): void => {
  const tickets = new Tickets()
  server.tool(
    'execute_change',
    {
      title: 'Change data',
      description:
        'Runs one INSERT, UPDATE or DELETE after the person has agreed to it; whoever cannot be asked changes nothing',
      input: z.object({
        sql: z.string().min(1).max(10_000).describe('One statement that changes rows'),
        params,
        database: databaseArgument(explorer),
      }),
      output,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    },
    async ({ sql, params: values, database: alias }, ctx) => {
      // Before anything is tried: a host that cannot ask must not find out either what a change would do.
      if (ctx.caller.capabilities.elicitation === undefined) throw new ToolError(cannotAsk)
      const statement = { database: databaseNamed(explorer, alias), sql, params: values }
      const { ticket, affected, affectedInAll } = await ctx.once('rehearsal', () => rehearse(explorer, ctx, statement))
      const reply = await ctx.elicit({ message: question(statement, { affected, affectedInAll }), schema: consent })
      if (reply.action !== 'accept' || !reply.content.run) return notDone(reply.action)
      // An answer is good for one change, however often a client sends it.
      if (!tickets.spend(ticket)) throw new ToolError('This change was made already. Call again to make it anew.')
      const change = await make(explorer, ctx, statement, affected)
      return answer(done(change), { committed: true, affected: change.affected, affectedInAll: change.affectedInAll })
    },
  )
}

const cannotAsk =
  'This host cannot ask its user, so nothing may be changed through it. Tell the user which statement to run by hand.'

type Rehearsal = { ticket: string; affected: number; affectedInAll: number }

const rehearse = async (explorer: Explorer, ctx: Context, statement: Statement): Promise<Rehearsal> => {
  const { database, sql, params: values } = statement
  const tried = await run(
    explorer,
    ctx,
    statement,
    () => database.change(sql, values, { commit: false, signal: ctx.signal }),
    'rehearsed',
  )
  return { ticket: randomUUID(), affected: tried.affected, affectedInAll: tried.affectedInAll }
}

const make = (explorer: Explorer, ctx: Context, statement: Statement, expect: number): Promise<Change> => {
  const { database, sql, params: values } = statement
  // Without the signal: a change that has begun is finished, and its caller told so, or taken back.
  return run(explorer, ctx, statement, () => database.change(sql, values, { commit: true, expect }), 'changed')
}

/** What the person reads: the statement whole, its values, and what it does. */
const question = (
  { database, sql, params: values }: Statement,
  { affected, affectedInAll }: Omit<Rehearsal, 'ticket'>,
): string => {
  const more =
    affectedInAll > affected ? `, and ${countText(affectedInAll - affected)} more by triggers and foreign keys` : ''
  const bound = values === undefined ? '' : `\n\nWith these values: ${onOneLine(JSON.stringify(values))}`
  const shown = sql.split('\n').map(onOneLine).join('\n')
  return `The model wants to change ${database.alias}. It would change ${countText(affected)}${more}:\n\n${shown}${bound}`
}

const notDone = (action: 'accept' | 'decline' | 'cancel') => {
  const why = action === 'cancel' ? 'The person closed the question.' : 'The person said no.'
  return answer(`${why} Nothing was changed.`, { committed: false, affected: 0, affectedInAll: 0 })
}

const done = ({ affected, affectedInAll }: Change): string =>
  `Done: ${countText(affected)} changed${affectedInAll > affected ? `, ${affectedInAll} in all` : ''}.`
