/** Random numbers that are the same each time: mulberry32. */
export const randomness = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Makes statements over the tables of the tests: most are sound, many are spoilt on purpose. */
export type Maker = () => string

const columns = ['id', 'title', 'year', 'director', 'poster', 'rowid']
const functions = [
  'abs',
  'upper',
  'length',
  'hex',
  'coalesce',
  'max',
  'json_array',
  'typeof',
  'quote',
  'count',
  'sum',
  'ifnull',
]
const operators = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '||',
  '=',
  '<>',
  '<',
  '>=',
  'AND',
  'OR',
  'IS',
  'IS NOT',
  '&',
  '|',
  '<<',
  'LIKE',
  'GLOB',
]
const literals = [
  '1',
  '0',
  '-3',
  '2.5',
  '1e3',
  '.5',
  '0x1F',
  "'a'",
  "'it''s'",
  "x'00ff'",
  'NULL',
  '?',
  '?2',
  ':a',
  '@b',
  '$c',
  'current_time',
]
const hostile = [
  ';',
  "'",
  '"',
  '[',
  ']',
  '`',
  '--',
  '/*',
  '*/',
  '(',
  ')',
  ',',
  '\0',
  '\u000b',
  '\ufeff',
  '$a(',
  '::',
  '#1',
  "x'0'",
  '1a',
  ';DELETE FROM film',
  'DELETE FROM film',
  'UPDATE film SET id = 1',
  'INSERT INTO film VALUES (1)',
  "ATTACH 'x' AS y",
  "VACUUM INTO 'x'",
  'PRAGMA query_only=OFF',
  'load_extension(1)',
  'FROM sqlite_dbpage',
  'FROM pragma_database_list',
  'RETURNING *',
  'EXPLAIN',
  'WITH x AS (SELECT 1)',
  'INTO x',
  'COMMIT',
]
const gaps = [' ', ' ', ' ', ' ', '\n', '\t', ' /* a;b */ ', ' -- c;d\n', '/**/', '  ']

type Random = { readonly one: <T>(list: readonly T[]) => T; readonly chance: (probability: number) => boolean }

const randomOf = (next: () => number): Random => ({
  one: (list) => {
    const chosen = list[Math.floor(next() * list.length)]
    if (chosen === undefined) throw new Error('The list is empty.')
    return chosen
  },
  chance: (probability) => next() < probability,
})

const named = (name: string, { one }: Random): string =>
  one([name, name, name, `"${name}"`, `[${name}]`, `\`${name}\``, name.toUpperCase()])

const expression = (random: Random, depth: number): string => {
  const { one, chance } = random
  const inner = (): string => expression(random, depth - 1)
  if (depth <= 0) return chance(0.5) ? one(literals) : named(one(columns), random)
  return one([
    () => one(literals),
    () => named(one(columns), random),
    () => `${inner()} ${one(operators)} ${inner()}`,
    () => `( ${inner()} )`,
    () => `${one(functions.slice(0, 9))} ( ${inner()} )`,
    () => `CASE WHEN ${inner()} THEN ${inner()} ELSE ${inner()} END`,
    () => `CAST ( ${inner()} AS ${one(['TEXT', 'INTEGER', 'BLOB', 'REAL'])} )`,
    () => `${inner()} IN ( ${inner()} , ${inner()} )`,
    () => `${inner()} BETWEEN ${inner()} AND ${inner()}`,
    () => `EXISTS ( ${select(random, depth - 1)} )`,
    () => `( SELECT ${inner()} FROM film LIMIT 1 )`,
    () => `count ( * ) OVER ( PARTITION BY ${named(one(columns), random)} )`,
    () => `${inner()} COLLATE NOCASE`,
    () => `'{"a":1}' ${one(['->', '->>'])} '$.a'`,
  ])()
}

const source = (random: Random, depth: number): string => {
  const { one, chance } = random
  if (depth > 0 && chance(0.15)) return `( SELECT * FROM film ) AS film`
  if (chance(0.2)) return `film ${one(['JOIN', 'LEFT JOIN', 'CROSS JOIN', ','])} log`
  return chance(0.1) ? 'main . film' : named('film', random)
}

const select = (random: Random, depth: number): string => {
  const { one, chance } = random
  const list = chance(0.2)
    ? '*'
    : `${expression(random, depth)} AS ${named('x', random)} , ${expression(random, depth)}`
  const parts = [`SELECT ${chance(0.1) ? 'DISTINCT ' : ''}${list} FROM ${source(random, depth)}`]
  if (chance(0.5)) parts.push(`WHERE ${expression(random, depth)}`)
  if (chance(0.1)) parts.push(`GROUP BY ${named(one(columns), random)}`)
  if (chance(0.15)) parts.push(`ORDER BY ${one(columns)} ${one(['', 'DESC', 'NULLS LAST'])}`)
  if (chance(0.15)) parts.push(`LIMIT ${one(['1', '10', '?'])}`)
  return parts.join(' ')
}

const statement = (random: Random): string => {
  const { one, chance } = random
  const body = chance(0.05) ? `VALUES ( 1 , ${one(literals)} )` : select(random, one([1, 1, 2, 3]))
  const table = chance(0.15) ? `WITH ${one(['', 'RECURSIVE '])}c ( x ) AS ( ${select(random, 1)} ) ` : ''
  return `${one(['', '', '', '', 'EXPLAIN ', 'EXPLAIN QUERY PLAN '])}${table}${body}${one(['', '', ' ;', ' ; ;'])}`
}

const spoilt = (words: string[], { one, chance }: Random): void => {
  const at = one([...words.keys()])
  if (chance(0.3)) words.splice(at, 1)
  else if (chance(0.2)) words.splice(at, 0, words[at] ?? '')
  else words.splice(at, chance(0.3) ? 1 : 0, one(hostile))
}

/** A maker of statements, the same for the same seed. */
export const makeStatements = (seed: number): Maker => {
  const random = randomOf(randomness(seed))
  return () => {
    const words = statement(random).split(' ')
    while (random.chance(0.3)) spoilt(words, random)
    return words.map((word) => (random.chance(0.1) ? word.toLowerCase() : word) + random.one(gaps)).join('')
  }
}
