import type { Desk } from './desk.ts'
import { keywords, nameIn, tokensOf, written } from './tokens.ts'
import type { Token } from './tokens.ts'

/** Something that could stand where the caret is. */
export type Suggestion = { readonly text: string; readonly what: 'table' | 'column' | 'keyword'; readonly of?: string }

/** What could come, and the piece of the statement that it would take the place of. */
export type Suggestions = { readonly from: number; readonly to: number; readonly list: readonly Suggestion[] }

const mostShown = 30
const mostTables = 4

/** Tables that a statement names after FROM and JOIN, by all the names that they have in it. */
export const tablesIn = (tokens: readonly Token[]): Map<string, string> => {
  const found = new Map<string, string>()
  const pieces = tokens.filter(({ kind }) => kind !== 'space' && kind !== 'comment')
  let isExpected = false
  for (const [index, piece] of pieces.entries()) {
    const name = nameIn(piece)
    if (piece.kind === 'keyword') isExpected = /^(?:FROM|JOIN)$/i.test(piece.text)
    if (name === undefined || !isExpected) continue
    isExpected = false
    found.set(name.toLowerCase(), name)
    const next = pieces[index + 1]
    const alias = next === undefined ? undefined : /^AS$/i.test(next.text) ? pieces[index + 2] : next
    const short = alias === undefined ? undefined : nameIn(alias)
    if (short !== undefined) found.set(short.toLowerCase(), name)
    // After a comma the list of tables goes on.
    const after = short === undefined ? next : pieces[pieces.indexOf(alias ?? piece) + 1]
    isExpected = after?.text === ','
  }
  return found
}

const begun = (prefix: string): Suggestion[] =>
  prefix.length < 2
    ? []
    : [...keywords]
        .filter((word) => word.startsWith(prefix.toUpperCase()) && word !== prefix.toUpperCase())
        .map((text) => ({ text, what: 'keyword' }))

/** The piece that is being typed, and the name before the dot in front of it. */
const typedAt = (
  tokens: readonly Token[],
  caret: number,
): { from: number; prefix: string; owner?: string } | undefined => {
  const at = tokens.findIndex(({ from, to }) => from < caret && to >= caret)
  const token = tokens[at]
  if (token === undefined) return { from: caret, prefix: '' }
  if (token.kind === 'comment' || token.kind === 'text' || token.kind === 'number' || token.kind === 'param')
    return undefined
  const isName = token.kind === 'word' || token.kind === 'keyword' || token.kind === 'name'
  const dot = isName ? at - 1 : at
  const before = tokens[dot]?.text === '.' ? tokens[dot - 1] : undefined
  const owner = before === undefined ? undefined : nameIn(before)
  const prefix = isName
    ? (nameIn({ ...token, text: token.text.slice(0, caret - token.from) }) ?? token.text.slice(0, caret - token.from))
    : ''
  return { from: isName ? token.from : caret, prefix, ...(owner === undefined ? {} : { owner }) }
}

/** What the server and the language have to offer at a place of a statement; nothing within texts and comments. */
export const suggest = async (
  desk: Desk,
  database: string,
  sql: string,
  caret: number,
  signal: AbortSignal,
): Promise<Suggestions> => {
  const tokens = tokensOf(sql)
  const typed = typedAt(tokens, caret)
  if (typed === undefined) return { from: caret, to: caret, list: [] }
  const { from, prefix, owner } = typed
  const known = tablesIn(tokens)
  const owners =
    owner === undefined ? [...new Set(known.values())].slice(0, mostTables) : [known.get(owner.toLowerCase()) ?? owner]
  const before = tokens.findLast(({ kind, to }) => to <= from && kind !== 'space' && kind !== 'comment')
  const wantsTable = before !== undefined && /^(?:FROM|JOIN)$/i.test(before.text)
  // A server that offers no rows as resources completes no columns; that is no reason to say nothing.
  const columns = owners.map(async (of): Promise<Suggestion[]> => {
    const names = await desk.columnNames(database, of, prefix, signal).catch(() => [])
    return names.map((name) => ({ text: written(name), what: 'column', of }))
  })
  const tables = async (): Promise<Suggestion[]> => {
    if (owner !== undefined) return []
    const names = await desk.tableNames(database, prefix, signal).catch(() => [])
    return names.map((name) => ({ text: written(name), what: 'table' }))
  }
  const [ofTables, ...ofColumns] = await Promise.all([tables(), ...(wantsTable ? [] : columns)])
  const words = owner === undefined && !wantsTable ? begun(prefix) : []
  const names = [...(wantsTable ? [] : ofColumns.flat()), ...ofTables]
  // Whoever writes keywords in capitals means one.
  const list = prefix === prefix.toUpperCase() ? [...words, ...names] : [...names, ...words]
  return { from, to: caret, list: list.filter(({ text }) => text !== prefix).slice(0, mostShown) }
}
