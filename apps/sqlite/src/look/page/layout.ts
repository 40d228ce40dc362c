import type { ForeignKey, Table } from '../../engine/engine.ts'
import { marksOf } from './marks.ts'

/** A column in the picture. */
export type Line = { readonly name: string; readonly type: string; readonly marks: string }

/** A table in the picture. */
export type Box = {
  readonly table: Table
  readonly lines: readonly Line[]
  /** Columns that are not shown. */
  readonly rest: number
  readonly width: number
  readonly height: number
  readonly x: number
  readonly y: number
}

/** A foreign key in the picture. */
export type Edge = { readonly key: ForeignKey; readonly path: string; readonly end: readonly [x: number, y: number] }

/** Where everything stands. */
export type Picture = {
  readonly boxes: readonly Box[]
  readonly edges: readonly Edge[]
  readonly width: number
  readonly height: number
}

/** Pixels of a line, and of the head above them. */
export const lineHeight = 18
/** Pixels of the head. */
export const headHeight = 26
const gap = { x: 56, y: 18 }
const margin = 16
const letter = 6.7
/** How much wider than high the whole is to be, about. */
const shape = 1.9

/** Columns that are shown of a table beside its keys, among so many tables. */
const columnsAmong = (tables: number): number => (tables <= 12 ? 10 : tables <= 24 ? 5 : 0)

const keyColumns = (table: Table): Set<string> =>
  new Set([
    ...table.primaryKey,
    ...table.foreignKeys.flatMap(({ columns }) => columns),
    ...table.referencedBy.flatMap(({ toColumns }) => toColumns),
  ])

type Sized = Omit<Box, 'x' | 'y'>

const sized = (table: Table, most: number): Sized => {
  const keys = keyColumns(table)
  const ordered = [
    ...table.columns.filter(({ name }) => keys.has(name)),
    ...table.columns.filter(({ name }) => !keys.has(name)),
  ]
  const shown = new Set(ordered.slice(0, Math.max(most, keys.size)).map(({ name }) => name))
  const lines = table.columns
    .filter(({ name }) => shown.has(name))
    .map((column): Line => ({ name: column.name, type: column.type, marks: marksOf(table, column).join(' ') }))
  const rest = table.columns.length - lines.length
  const longest = Math.max(
    table.name.length + 2,
    ...lines.map(({ name, type, marks }) => name.length + Math.min(type.length, 12) + marks.length + 3),
  )
  const width = Math.round(Math.max(110, Math.min(longest * letter + 20, 250)))
  return { table, lines, rest, width, height: headHeight + (lines.length + (rest > 0 ? 1 : 0)) * lineHeight + 6 }
}

/** How many foreign keys lie between a table and those that refer to nothing; a circle counts once. */
const ranksOf = (tables: readonly Table[]): Map<string, number> => {
  const known = new Map(tables.map((table) => [table.name, table]))
  const ranks = new Map<string, number>()
  const rank = (table: Table, above: readonly string[]): number => {
    const done = ranks.get(table.name)
    if (done !== undefined) return done
    const others = table.foreignKeys.flatMap(({ toTable }) => {
      const other = known.get(toTable)
      return other === undefined || toTable === table.name || above.includes(toTable)
        ? []
        : [rank(other, [...above, table.name])]
    })
    const own = others.length === 0 ? 0 : Math.max(...others) + 1
    ranks.set(table.name, own)
    return own
  }
  for (const table of tables) rank(table, [])
  return ranks
}

const neighbours = ({ foreignKeys, referencedBy }: Table): string[] => [
  ...foreignKeys.map(({ toTable }) => toTable),
  ...referencedBy.map(({ table }) => table),
]

/** Orders each rank so that tables stand beside those that they belong to. */
const ordered = (ranks: readonly Sized[][]): Sized[][] => {
  const columns = ranks.map((column) => [...column])
  for (let sweep = 0; sweep < 6; sweep++) {
    const places = new Map(
      columns.flatMap((column) => column.map(({ table }, index) => [table.name, (index + 0.5) / column.length])),
    )
    const middle = ({ table }: Sized): number => {
      const near = neighbours(table).flatMap((name) => places.get(name) ?? [])
      return near.length === 0
        ? (places.get(table.name) ?? 0)
        : near.reduce((sum, place) => sum + place, 0) / near.length
    }
    for (const column of columns) {
      const middles = new Map(column.map((box) => [box, middle(box)]))
      column.sort((one, other) => (middles.get(one) ?? 0) - (middles.get(other) ?? 0))
    }
  }
  return columns
}

/** Cuts a column that is too tall into several. */
const folded = (column: readonly Sized[], most: number): Sized[][] => {
  const cut: Sized[][] = [[]]
  let height = 0
  for (const box of column) {
    if (height > 0 && height + box.height > most) {
      cut.push([])
      height = 0
    }
    cut.at(-1)?.push(box)
    height += box.height + gap.y
  }
  return cut
}

const placed = (columns: readonly (readonly Sized[])[]): Box[] => {
  const heights = columns.map((column) => column.reduce((sum, { height }) => sum + height + gap.y, -gap.y))
  const most = Math.max(...heights, 0)
  let x = margin
  return columns.flatMap((column, index) => {
    let y = margin + (most - (heights[index] ?? 0)) / 2
    const boxes = column.map((box) => {
      const at = { ...box, x, y }
      y += box.height + gap.y
      return at
    })
    x += Math.max(...column.map(({ width }) => width)) + gap.x
    return boxes
  })
}

const lineAt = ({ lines, y }: Box, name: string | undefined): number => {
  const index = lines.findIndex((line) => line.name === name)
  return y + (index < 0 ? headHeight / 2 : headHeight + index * lineHeight + lineHeight / 2 + 2)
}

const edgeOf = (key: ForeignKey, from: Box, to: Box): Edge => {
  const [y, toY] = [lineAt(from, key.columns[0]), lineAt(to, key.toColumns[0])]
  const isRight = from.x > to.x
  // Within one column, and back to the left side of what stands further right, the line goes around outside.
  const [x, toX] = isRight
    ? [from.x, to.x + to.width]
    : from.x === to.x
      ? [from.x + from.width, to.x + to.width]
      : [from.x + from.width, to.x]
  const bend = from.x === to.x ? 40 : Math.max(28, Math.abs(x - toX) / 2)
  const [out, back] = [isRight ? x - bend : x + bend, isRight || from.x === to.x ? toX + bend : toX - bend]
  return { key, path: `M${x},${y} C${out},${y} ${back},${toY} ${toX},${toY}`, end: [x, y] }
}

/** Lays tables out: what is referred to on the left, what refers to it to the right of it, the unrelated last. */
export const layOut = (tables: readonly Table[]): Picture => {
  const most = columnsAmong(tables.length)
  const related = tables.filter((table) => neighbours(table).some((name) => name !== table.name))
  const others = tables.filter((table) => !related.includes(table)).map((table) => sized(table, most))
  const ranks = ranksOf(related)
  const columns: Sized[][] = []
  for (const table of related) (columns[ranks.get(table.name) ?? 0] ??= []).push(sized(table, most))
  const sizes = [...columns.flat(), ...others]
  const area = sizes.reduce((sum, { width, height }) => sum + (width + gap.x) * (height + gap.y), 0)
  const tall = Math.max(380, Math.sqrt(area / shape))
  const arranged = ordered(columns.filter((column) => column.length > 0)).flatMap((column) => folded(column, tall))
  const loose = folded(others, tall).filter((column) => column.length > 0)
  const boxes = placed([...arranged, ...loose])
  const found = new Map(boxes.map((box) => [box.table.name, box]))
  const edges = boxes.flatMap((from) =>
    from.table.foreignKeys.flatMap((key) => {
      const to = found.get(key.toTable)
      return to === undefined ? [] : [edgeOf(key, from, to)]
    }),
  )
  return {
    boxes,
    edges,
    width: Math.max(0, ...boxes.map(({ x, width }) => x + width)) + margin + 40,
    height: Math.max(0, ...boxes.map(({ y, height }) => y + height)) + margin,
  }
}
