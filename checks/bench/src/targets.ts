import type { Cell, Series, Subject } from './measure.ts'
import { figure, seriesOf, spread, times, titled } from './report.ts'
import { median, ratio } from './stats.ts'

/**
 * What ours is to reach. In `cells` and `base`, `*` stands for any one part of an id; several cells must all reach it.
 *
 * `against` compares with a subject of the same cell, `base` with ours in another cell, `beyond` is what ours takes more
 * than a subject of the same cell, and with none of them it is the figure itself, in the cell's unit.
 */
export type Target = {
  readonly title: string
  readonly cells: string
  readonly against?: Subject
  readonly beyond?: Subject
  readonly base?: string
  readonly most: number
}

const v2 = 'official v2'

/** The table of what is to be reached, as data. */
export const targets: readonly Target[] = [
  { title: 'stdio call', cells: 'stdio/call/*/64/cpu', against: 'floor', most: 1.5 },
  { title: 'stdio call', cells: 'stdio/call/*/64/cpu', against: v2, most: 0.1 },
  { title: 'stdio call', cells: 'stdio/call/*/256/cpu', against: 'floor', most: 1.5 },
  { title: 'stdio call', cells: 'stdio/call/*/256/cpu', against: v2, most: 0.1 },
  { title: 'stdio call', cells: 'stdio/call/*/1/p50', against: 'floor', most: 1.25 },
  { title: 'HTTP call', cells: 'http/call/modern/*/16/cpu', against: 'floor', most: 1.6 },
  { title: 'HTTP call', cells: 'http/call/modern/*/16/cpu', against: v2, most: 0.125 },
  { title: 'HTTP call', cells: 'http/call/modern/*/64/cpu', against: 'floor', most: 1.6 },
  { title: 'HTTP call', cells: 'http/call/modern/*/64/cpu', against: v2, most: 0.125 },
  { title: 'HTTP call', cells: 'http/call/stateless/*/16/cpu', against: 'floor', most: 1.7 },
  { title: 'HTTP call', cells: 'http/call/stateless/*/16/cpu', against: v2, most: 0.167 },
  { title: 'HTTP call', cells: 'http/call/stateless/*/64/cpu', against: 'floor', most: 1.7 },
  { title: 'HTTP call', cells: 'http/call/stateless/*/64/cpu', against: v2, most: 0.167 },
  { title: 'HTTP call', cells: 'http/call/stateful/*/16/cpu', against: 'floor', most: 1.7 },
  { title: 'HTTP call', cells: 'http/call/stateful/*/16/cpu', against: v2, most: 0.167 },
  { title: 'HTTP call', cells: 'http/call/stateful/*/64/cpu', against: 'floor', most: 1.7 },
  { title: 'HTTP call', cells: 'http/call/stateful/*/64/cpu', against: v2, most: 0.167 },
  { title: 'Web-standard entry', cells: 'fetch/*/16/cpu', against: v2, most: 0.3 },
  { title: 'Client over stdio', cells: 'client-stdio/*/64/cpu', against: 'floor', most: 2 },
  { title: 'Client over stdio', cells: 'client-stdio/*/64/cpu', against: v2, most: 0.3 },
  { title: 'Client over HTTP', cells: 'client-http/*/16/cpu', against: 'floor', most: 1.6 },
  { title: 'Client over HTTP', cells: 'client-http/*/16/cpu', against: v2, most: 0.15 },
  { title: 'In-memory pair', cells: 'memory/*/1/cpu', against: 'floor', most: 2 },
  { title: 'In-memory pair', cells: 'memory/*/64/cpu', against: 'floor', most: 2 },
  { title: 'Cold start', cells: 'cold/initialize/wall', against: 'floor', most: 1.25 },
  { title: 'Cold start', cells: 'cold/server/discover/wall', against: 'floor', most: 1.25 },
  { title: 'Import', cells: 'import/a server with stdio/wall', most: 12 },
  { title: 'Import', cells: 'import/ajv', most: 0 },
  { title: 'Many tools', cells: 'lists/*/1000/list/cpu', against: 'floor', most: 0.35 },
  { title: 'Many tools, to 3 of them', cells: 'lists/*/1000/call/cpu', base: 'lists/*/3/call/cpu', most: 1.15 },
  { title: 'Many tools, to 3 of them', cells: 'lists/*/5000/call/cpu', base: 'lists/*/3/call/cpu', most: 1.15 },
  { title: 'Echo', cells: 'payload/stdio/*/10MB/*', against: 'floor', most: 1.15 },
  {
    title: 'Echo, to each MB of 100 kB',
    cells: 'payload/stdio/*/10MB/whole',
    base: 'payload/stdio/*/100kB/whole',
    most: 1.15,
  },
  { title: 'Progress', cells: 'progress/*/*/10000/cpu', against: 'floor', most: 1.3 },
  { title: 'Progress', cells: 'progress/*/*/100000/cpu', against: 'floor', most: 1.3 },
  { title: 'Progress', cells: 'progress/*/*/10000/first', most: 10 },
  { title: 'Progress', cells: 'progress/*/*/100000/first', most: 10 },
  { title: 'Progress', cells: 'progress/*/*/10000/peak', most: 81_920 },
  { title: 'Progress', cells: 'progress/*/*/100000/peak', most: 81_920 },
  { title: 'Heap', cells: 'idle/session/*/*/session', most: 2 },
  {
    title: 'Heap, to 3 tools',
    cells: 'idle/session/100/*/session',
    base: 'idle/session/3/*/session',
    most: 1.15,
  },
  { title: 'Heap', cells: 'idle/*/*/*/stream', beyond: 'floor', most: 4 },
  { title: 'Heap', cells: 'idle/*/*/*/left', beyond: 'floor', most: 0.5 },
  { title: 'Size', cells: 'size/stdio/gzip', most: 30_000 },
  { title: 'Size', cells: 'size/client/gzip', most: 30_000 },
  { title: 'Size', cells: 'install/packages', most: 11 },
  { title: 'Size', cells: 'install/bytes', most: 5_000_000 },
]

/** What came of one target in one cell. */
export type Verdict = {
  readonly title: string
  readonly found: string
  readonly spread: string
  readonly reached: boolean
}

const fits = (pattern: string, id: string): boolean => {
  const wanted = pattern.split('/')
  const parts = id.split('/')
  return wanted.length === parts.length && wanted.every((part, at) => part === '*' || part === parts[at])
}

/** The id of a target's base: what `*` stands for is the same in both, part by part. */
const baseId = ({ cells, base = '' }: Target, id: string): string => {
  const parts = id.split('/')
  const stars = cells.split('/').flatMap((part, at) => (part === '*' ? [parts[at] ?? ''] : []))
  return base
    .split('/')
    .map((part) => (part === '*' ? (stars.shift() ?? '') : part))
    .join('/')
}

type Judged = Omit<Verdict, 'title'>

const judgeFigure = (samples: readonly number[], most: number): Judged => {
  const value = median(samples)
  const range = `${figure(Math.min(...samples))} to ${figure(Math.max(...samples))}`
  return { found: figure(value), spread: range, reached: value <= most }
}

const judgeRatio = (ours: Series, other: Series | undefined, most: number): Judged | undefined => {
  const compared = other === undefined ? undefined : ratio(ours, other)
  if (compared === undefined) return undefined
  return { found: times(compared), spread: spread(compared), reached: compared.median <= most }
}

const judgeCell = (target: Target, cell: Cell, cells: readonly Cell[]): Judged | undefined => {
  const ours = seriesOf(cell, 'parley')
  if (ours === undefined) return undefined
  const { against, beyond, base, most } = target
  if (base !== undefined) {
    const other = cells.find(({ id }) => id === baseId(target, cell.id))
    return other === undefined ? undefined : judgeRatio(ours, seriesOf(other, 'parley'), most)
  }
  if (against !== undefined) return judgeRatio(ours, seriesOf(cell, against), most)
  if (beyond === undefined) return judgeFigure(ours.samples, most)
  const other = seriesOf(cell, beyond)?.samples ?? []
  const more = ours.samples.flatMap((sample, index) => (index < other.length ? [sample - (other[index] ?? 0)] : []))
  return more.length === 0 ? undefined : judgeFigure(more, most)
}

/** Judges a target by all cells that it is about; none where it was not measured. */
export const judge = (target: Target, cells: readonly Cell[]): readonly Verdict[] =>
  cells.flatMap((cell) => {
    const judged = fits(target.cells, cell.id) ? judgeCell(target, cell, cells) : undefined
    return judged === undefined ? [] : [{ title: `${target.title}: ${titled(cell)}`, ...judged }]
  })

/** How a target reads: `≤ 1.5 × floor`. */
export const wording = ({ against, beyond, base, most }: Target): string => {
  const limit = `≤ ${most.toLocaleString('en-US', { maximumFractionDigits: 3 })}`
  if (against !== undefined) return `${limit} × ${against}`
  if (beyond !== undefined) return `${limit} more than ${beyond}`
  return base === undefined ? limit : `${limit} ×`
}
