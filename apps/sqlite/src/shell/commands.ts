/** What can be typed, and what it does. */
export const help: string = String.raw`SELECT ...;           runs a statement; it may take several lines, and ends with ;
\more                 the rows that follow
\tables               the tables and views
\describe TABLE       a table with its columns, keys and indexes
\schema               the statements that made it all
\profile TABLE        what is in its columns
\search TEXT          where a text occurs
\explain SELECT ...   how a statement would be run
\csv SELECT ...       all its rows as CSV
\change UPDATE ...    changes rows, where that is allowed, after asking
\limit N              rows of one answer
\use NAME             another database
\quit                 leaves; so does Ctrl-D. Ctrl-C ends the statement that runs`

const names = [
  'more',
  'tables',
  'describe',
  'schema',
  'profile',
  'search',
  'explain',
  'csv',
  'change',
  'limit',
  'use',
  'help',
  'quit',
] as const

/** The name of a command; `query` is a statement as it is. */
export type CommandName = (typeof names)[number] | 'query'

/** What was typed, read. */
export type Typed =
  | { readonly kind: 'nothing' }
  /** A statement that goes on in the next line. */
  | { readonly kind: 'open' }
  | { readonly kind: 'unknown'; readonly word: string }
  | { readonly kind: 'command'; readonly name: CommandName; readonly rest: string }

const withoutEnd = (statement: string): string => statement.trim().replace(/;$/, '').trimEnd()

/** Reads what was typed so far: a command that begins with a backslash or a dot, or a statement that ends with `;`. */
export const readTyped = (text: string): Typed => {
  const typed = text.trim()
  if (typed === '' || typed === ';') return { kind: 'nothing' }
  if (typed === 'quit' || typed === 'exit' || typed === 'help') {
    return { kind: 'command', name: typed === 'help' ? 'help' : 'quit', rest: '' }
  }
  const [, word, rest = ''] = /^[\\.](\S*)(?:\s+([\s\S]*))?$/.exec(typed) ?? []
  if (word === undefined) {
    return typed.endsWith(';') ? { kind: 'command', name: 'query', rest: withoutEnd(typed) } : { kind: 'open' }
  }
  // The beginning of a word is enough, as \d for \describe; which one comes first is the order above.
  const name = word === '?' ? 'help' : names.find((each) => word !== '' && each.startsWith(word.toLowerCase()))
  return name === undefined ? { kind: 'unknown', word } : { kind: 'command', name, rest: withoutEnd(rest) }
}
