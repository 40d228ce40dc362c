import { quoted } from '../../engine/sql/quoted.ts'

/** What a piece of a statement is. */
export type Kind = 'space' | 'comment' | 'text' | 'name' | 'number' | 'param' | 'word' | 'keyword' | 'sign'

/** A piece of a statement, with where it stands in it. */
export type Token = { readonly kind: Kind; readonly text: string; readonly from: number; readonly to: number }

/** The words that the editor knows; those that begin a statement that changes something are refused anyhow. */
export const keywords: ReadonlySet<string> = new Set(
  `ALL AND AS ASC BETWEEN BY CASE CAST COLLATE CROSS CURRENT_DATE CURRENT_TIMESTAMP DESC DISTINCT ELSE END ESCAPE EXCEPT
  EXISTS EXPLAIN FILTER FIRST FROM FULL GLOB GROUP HAVING IN INNER INTERSECT IS ISNULL JOIN LAST LEFT LIKE LIMIT MATCH
  MATERIALIZED NATURAL NOT NOTNULL NULL NULLS OFFSET ON OR ORDER OUTER OVER PARTITION PLAN PRECEDING FOLLOWING QUERY
  RANGE RECURSIVE REGEXP RIGHT ROWS SELECT THEN UNBOUNDED UNION USING VALUES WHEN WHERE WINDOW WITH`.split(/\s+/),
)

// Each alternative begins with another character or takes what none before it did, and none can be read in two ways:
// the whole is linear, whatever is typed.
const piece = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<comment>--[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)`,
    String.raw`(?<text>'(?:[^']|'')*'?)`,
    String.raw`(?<name>"(?:[^"]|"")*"?|\x60[^\x60]*\x60?|\[[^\]]*\]?)`,
    String.raw`(?<number>\d[\w.]*|\.\d[\w]*)`,
    String.raw`(?<param>\?\d*|[:@$][\p{L}_][\p{L}\p{N}_]*)`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_$]*)`,
  ].join('|') + '|(?<sign>.)',
  'gsu',
)

const kindOf = (groups: Readonly<Record<string, string | undefined>>, text: string): Kind => {
  if (groups['word'] !== undefined) return keywords.has(text.toUpperCase()) ? 'keyword' : 'word'
  const kinds = ['space', 'comment', 'text', 'name', 'number', 'param'] as const
  return kinds.find((kind) => groups[kind] !== undefined) ?? 'sign'
}

/** The pieces of a statement, all of it. */
export const tokensOf = (sql: string): Token[] =>
  [...sql.matchAll(piece)].map(({ 0: text, index, groups = {} }) => ({
    kind: kindOf(groups, text),
    text,
    from: index,
    to: index + text.length,
  }))

/** A parameter of a statement: its label, and how SQLite finds it, by a number from 1 or by a name. */
export type Parameter = { readonly label: string; readonly place: number | string }

/** The parameters of a statement, each once, in order. */
export const parametersOf = (tokens: readonly Token[]): Parameter[] => {
  const found = new Map<number | string, Parameter>()
  let last = 0
  for (const { kind, text } of tokens) {
    if (kind !== 'param') continue
    const numbered = text.startsWith('?')
    const place = !numbered ? text.slice(1) : text === '?' ? last + 1 : Number(text.slice(1))
    if (typeof place === 'number') last = Math.max(last, place)
    if (!found.has(place)) found.set(place, { label: numbered ? `?${place}` : text, place })
  }
  return [...found.values()]
}

/** A name as it is written in a statement: plain where SQL lets it be. */
export const written = (name: string): string =>
  /^[a-z_]\w*$/i.test(name) && !keywords.has(name.toUpperCase()) ? name : quoted(name)

/** The name that a piece stands for; undefined where it is none. */
export const nameIn = ({ kind, text }: Token): string | undefined => {
  if (kind === 'word') return text
  if (kind !== 'name') return undefined
  const [open = ''] = text
  const inner = text.slice(1, text.length > 1 && text.endsWith(open === '[' ? ']' : open) ? -1 : undefined)
  return open === '"' ? inner.replaceAll('""', '"') : inner
}
