import type { Client } from '@parley/client'
import type { ContentBlock, JsonObject } from '@parley/core'
import type { z } from 'zod'
import { tableShape } from '../shapes.ts'
import { countText, onOneLine } from '../show/cells.ts'
import { profileText, tablesText, tableText } from '../show/tables.ts'
import { tablesAnswer } from '../tools/catalogue.ts'
import { profileAnswer } from '../tools/profile.ts'
import { queryAnswer } from '../tools/query.ts'
import { matchesText, searchAnswer } from '../tools/search.ts'
import { red } from './paint.ts'
import { aligned } from './table.ts'

/** What a call needs to know beside its arguments. */
export type Calling = { readonly client: Client; readonly signal: AbortSignal; readonly say: (text: string) => void }

/** Text that steers no terminal, line by line. */
export const harmless = (text: string): string => text.split('\n').map(onOneLine).join('\n')

const textOf = (content: readonly ContentBlock[]): string =>
  content.flatMap((block) => (block.type === 'text' ? block.text : [])).join('\n')

/** The lines between the marks that tell a model what is data; a person sees that without them. */
const unmarked = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^<\/?data-[\da-f]{12}>$/.test(line))
    .join('\n')

/** A tool said what is wrong. */
export class Failed extends Error {
  override readonly name = 'Failed'
}

const failure = ({ content }: { readonly content: readonly ContentBlock[] }): Failed =>
  new Failed(harmless(textOf(content)))

/** Calls a tool and prints its text. Rejects with `Failed` where it says what is wrong. */
export const printText = async ({ client, signal, say }: Calling, name: string, args: JsonObject): Promise<void> => {
  const outcome = await client.callTool(name, args, { signal })
  if (outcome.isError) throw failure(outcome)
  say(harmless(unmarked(textOf(outcome.content))))
}

const structured = async <T>(
  { client, signal }: Calling,
  name: string,
  args: JsonObject,
  output: z.ZodType<T>,
): Promise<T> => {
  const outcome = await client.callTool(name, args, { signal, output })
  if (outcome.isError) throw failure(outcome)
  return outcome.structured
}

/** Prints the list of tables. */
export const printTables = async (calling: Calling, args: JsonObject): Promise<void> =>
  calling.say(tablesText((await structured(calling, 'list_tables', args, tablesAnswer)).tables, aligned))

/** Prints a table with all that belongs to it. */
export const printTable = async (calling: Calling, args: JsonObject): Promise<void> =>
  calling.say(tableText(await structured(calling, 'describe_table', args, tableShape), aligned))

/** Prints what is in the columns of a table. */
export const printProfile = async (calling: Calling, args: JsonObject): Promise<void> =>
  calling.say(profileText((await structured(calling, 'profile_table', args, profileAnswer)).columns, aligned))

/** Prints where a text occurs. */
export const printMatches = async (calling: Calling, args: JsonObject): Promise<void> => {
  const { matches, truncated } = await structured(calling, 'search_data', args, searchAnswer)
  if (matches.length > 0) calling.say(matchesText(matches, aligned))
  calling.say(`(${matches.length} found${truncated ? ', and there are more' : ''})`)
}

/** Runs a statement and prints a page of its rows; gives the cursor of the next one. */
export const printRows = async (calling: Calling, args: JsonObject): Promise<string | undefined> => {
  const { columns, rows, rowCount, nextCursor, elapsedMs } = await structured(calling, 'query_data', args, queryAnswer)
  const { say } = calling
  say(aligned(columns, rows))
  const more = nextCursor === undefined ? '' : String.raw`, \more has the rest`
  say(`(${countText(rowCount)}, ${elapsedMs.toFixed(1)} ms${more})`)
  return nextCursor
}

/** Prints all rows of a statement as CSV. */
export const printCsv = async ({ client, signal, say }: Calling, args: JsonObject): Promise<void> => {
  const outcome = await client.callTool('export_query', { ...args, format: 'csv' }, { signal })
  if (outcome.isError) throw failure(outcome)
  const found = outcome.content.find((block) => block.type === 'resource_link')
  if (found === undefined) throw new Failed('There is no result to be fetched.')
  const csv = (await client.readResource(found.uri, { signal })).text()
  // Into a file goes what is there; only a terminal could be steered by it.
  say((process.stdout.isTTY ? harmless(csv.replaceAll('\r\n', '\n')) : csv).replace(/\n$/, ''))
}

/** Says what went wrong. */
export const complaint = (error: unknown): string =>
  red(harmless(error instanceof Error ? error.message : String(error)))
