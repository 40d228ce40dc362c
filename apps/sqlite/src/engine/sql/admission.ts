import { Refused } from '../errors.ts'
import { tokensOf } from './tokens.ts'
import type { Token } from './tokens.ts'

/** A statement that may be run, once its tokens are known. */
export type Admitted = {
  readonly tokens: readonly Token[]
  /** The main verb, in capitals: for `WITH` the one after its tables. */
  readonly verb: string
  readonly explained: boolean
}

const upper = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toUpperCase() : '')
const is = (token: Token | undefined, operator: string): boolean =>
  token?.kind === 'operator' && token.text === operator

const refuse = (message: string, token: Token | undefined): never => {
  throw new Refused('verb', message, token?.start)
}

const single = (sql: string): readonly Token[] => {
  const tokens = [...tokensOf(sql)]
  while (is(tokens.at(-1), ';')) tokens.pop()
  if (tokens.length === 0) throw new Refused('empty', 'There is no statement. Write one that begins with SELECT.')
  const more = tokens.find((token) => is(token, ';'))
  if (more)
    throw new Refused('several', 'Only one statement is run at a time. Send the others on their own.', more.start)
  return tokens
}

// The index after the parenthesis that closes the one at `open`.
const afterGroup = (tokens: readonly Token[], open: number): number => {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    if (is(tokens[at], '(')) depth++
    else if (is(tokens[at], ')') && --depth === 0) return at + 1
  }
  return refuse('The parenthesis that opens here is never closed.', tokens[open])
}

// name [(columns)] AS [[NOT] MATERIALIZED] (select)
const afterTable = (tokens: readonly Token[], start: number): number => {
  let at = start + 1
  if (is(tokens[at], '(')) at = afterGroup(tokens, at)
  if (upper(tokens[at]) !== 'AS') refuse('After WITH and a name comes AS (SELECT …).', tokens[at] ?? tokens[start])
  at++
  if (upper(tokens[at]) === 'NOT') at++
  if (upper(tokens[at]) === 'MATERIALIZED') at++
  if (!is(tokens[at], '(')) refuse('After AS comes a SELECT in parentheses.', tokens[at] ?? tokens[start])
  return afterGroup(tokens, at)
}

const mainVerb = (tokens: readonly Token[], start: number): number => {
  if (upper(tokens[start]) !== 'WITH') return start
  let at = upper(tokens[start + 1]) === 'RECURSIVE' ? start + 2 : start + 1
  for (;;) {
    if (tokens[at] === undefined) refuse('After WITH comes a name, and then AS (SELECT …).', tokens[start])
    at = afterTable(tokens, at)
    if (!is(tokens[at], ',')) return at
    at++
  }
}

const afterExplain = (tokens: readonly Token[]): number => {
  if (upper(tokens[0]) !== 'EXPLAIN') return 0
  return upper(tokens[1]) === 'QUERY' && upper(tokens[2]) === 'PLAN' ? 3 : 1
}

const readVerbs = new Set(['SELECT', 'VALUES'])
const writeVerbs = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE'])
const schemaVerbs = new Set(['CREATE', 'ALTER', 'DROP'])
const schemaThings = new Set(['TABLE', 'INDEX', 'UNIQUE', 'VIEW', 'TRIGGER'])

/** Admits one statement that reads: `SELECT`, `VALUES`, `WITH` before them, `EXPLAIN` of these. Throws `Refused`. */
export const admitRead = (sql: string): Admitted => {
  const tokens = single(sql)
  const first = afterExplain(tokens)
  const main = tokens[mainVerb(tokens, first)]
  const verb = upper(main)
  if (readVerbs.has(verb)) return { tokens, verb, explained: first > 0 }
  const said = main === undefined ? 'The statement ends too early' : `${main.text.slice(0, 40)} is not run here`
  return refuse(`${said}. Only SELECT, VALUES, WITH … SELECT and EXPLAIN of these are.`, main)
}

/** Admits one statement that writes rows or, where that is allowed, alters the schema. Throws `Refused`. */
export const admitWrite = (sql: string, allowDdl: boolean): Admitted => {
  const tokens = single(sql)
  const main = tokens[mainVerb(tokens, 0)]
  const verb = upper(main)
  const admitted = { tokens, verb, explained: false }
  if (writeVerbs.has(verb)) return admitted
  if (!schemaVerbs.has(verb) || main !== tokens[0]) {
    return refuse('Only INSERT, UPDATE, DELETE and REPLACE change rows, and nothing else is run here.', main)
  }
  if (!allowDdl) {
    throw new Refused(
      'ddl',
      `${verb} alters the schema, which was not allowed when the server was started.`,
      main?.start,
    )
  }
  if (schemaThings.has(upper(tokens[1]))) return admitted
  return refuse(
    `${verb} is allowed for a TABLE, INDEX, VIEW or TRIGGER, and for nothing temporary or virtual.`,
    tokens[1],
  )
}
