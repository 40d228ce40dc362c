import type { Cell, Series, Subject, Unit } from './measure.ts'
import { median, ratio } from './stats.ts'
import type { Ratio } from './stats.ts'

/** One measure's cells, as a run leaves them. */
export type Section = {
  readonly id: string
  readonly title: string
  readonly cells: readonly Cell[]
  /** Whether it was a quick run's: fewer and shorter rounds, and less warming up. */
  readonly short?: boolean
}

/** Everything that one run on one Node found. */
export type Results = {
  readonly node: string
  readonly machine: string
  readonly date: string
  readonly sections: readonly Section[]
}

/**
 * Puts what was measured in place of what an earlier run found, so that one measure can be run again by itself.
 *
 * `order` has the ids of all measures; a section of none of them is dropped.
 */
export const merged = (earlier: Results | undefined, now: Results, order: readonly string[]): Results => {
  const found = new Map([...(earlier?.sections ?? []), ...now.sections].map((section) => [section.id, section]))
  return { ...now, sections: order.flatMap((id) => found.get(id) ?? []) }
}

/** A figure with three digits that count. */
export const figure = (value: number): string => {
  if (!Number.isFinite(value)) return '–'
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  if (value >= 10) return value.toFixed(1)
  return value.toFixed(value >= 1 ? 2 : 3).replace(/(\.\d\d)0$/, '$1')
}

/** A ratio as it is read: `1.4×`. */
export const times = ({ median: middle }: Pick<Ratio, 'median'>): string =>
  `${middle.toFixed(middle >= 9.95 ? 0 : middle >= 0.995 ? 1 : 2)}×`

/** How far single rounds lie apart. */
export const spread = ({ least, most }: Ratio): string =>
  `${least.toFixed(least >= 9.95 ? 0 : 2)} to ${most.toFixed(most >= 9.95 ? 0 : 2)}`

/** Cells with samples of four digits that count, which is more than they are good for. */
export const rounded = (cells: readonly Cell[]): Cell[] =>
  cells.map((cell) => ({
    ...cell,
    series: cell.series.map(({ subject, samples }) => ({
      subject,
      samples: samples.map((s) => Number(s.toPrecision(4))),
    })),
  }))

const units: Readonly<Record<Unit, string>> = { us: 'µs', ms: 'ms', KiB: 'KiB', bytes: 'bytes', count: '' }

/** The series of one subject, where it has samples. */
export const seriesOf = (cell: Cell, subject: Subject): Series | undefined =>
  cell.series.find((series) => series.subject === subject && series.samples.length > 0)

const order = ['floor', 'parley', 'official v2', 'official v1', 'tmcp']

const subjectsOf = (cells: readonly Cell[]): Subject[] => {
  const all = [...new Set(cells.flatMap(({ series }) => series.map(({ subject }) => subject)))]
  const rank = (subject: Subject): number => (order.includes(subject) ? order.indexOf(subject) : order.length)
  return all.toSorted((a, b) => rank(a) - rank(b))
}

const columns = (rows: readonly (readonly string[])[]): number[] =>
  (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))

/** A Markdown table, the first column to the left and the others to the right. */
export const table = (head: readonly string[], body: readonly (readonly string[])[]): string => {
  const widths = columns([head, ...body]).map((width) => Math.max(width, 4))
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => (column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0))).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...body.map(line)].join('\n')
}

const entry = (cell: Cell, subject: Subject): string => {
  const series = seriesOf(cell, subject)
  if (series === undefined) return '–'
  const value = figure(median(series.samples))
  const floor = seriesOf(cell, 'floor')
  const compared = floor === undefined || subject === 'floor' ? undefined : ratio(series, floor)
  return compared === undefined ? value : `${value} (${times(compared)})`
}

/** A cell's title with its unit. */
export const titled = ({ title, unit }: Cell): string => (units[unit] === '' ? title : `${title}, ${units[unit]}`)

/** The table of one measure: a row a cell, a column a subject, each with its ratio to the floor. */
export const sectionTable = ({ cells }: Section): string => {
  const subjects = subjectsOf(cells)
  const body = cells.map((cell) => [titled(cell), ...subjects.map((subject) => entry(cell, subject))])
  const notes = cells.flatMap(({ title, note }) => (note === undefined ? [] : [`- ${title}: ${note}`]))
  return [table(['', ...subjects], body), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')
}
