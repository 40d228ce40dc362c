import type { Cell } from '../../engine/engine.ts'

const ranks = { null: 0, number: 1, text: 2, blob: 3 } as const

const rankOf = (cell: Cell): number => {
  if (cell === null) return ranks.null
  if (typeof cell === 'number') return ranks.number
  if (typeof cell === 'string' || '$cut' in cell) return ranks.text
  return '$blob' in cell ? ranks.blob : ranks.number
}

const numberOf = (cell: Cell): number | bigint => {
  if (typeof cell === 'number') return cell
  if (typeof cell !== 'object' || cell === null) return 0
  if ('$int' in cell) return BigInt(cell.$int)
  return '$real' in cell ? Number(cell.$real) : 0
}

const textOf = (cell: Cell): string => {
  if (typeof cell === 'string') return cell
  if (typeof cell !== 'object' || cell === null) return ''
  if ('$cut' in cell) return cell.$cut
  return '$blob' in cell ? cell.$blob : ''
}

const sign = <T extends string | number | bigint>(one: T, other: T): number => (one < other ? -1 : one > other ? 1 : 0)

/** Compares values in the order of SQLite: NULL, numbers, text by its code points, blobs. */
export const comparing =
  (falls: boolean): ((one: Cell, other: Cell) => number) =>
  (one, other) => {
    const ranked = rankOf(one) - rankOf(other)
    const order =
      ranked !== 0
        ? ranked
        : rankOf(one) === ranks.number
          ? sign(numberOf(one), numberOf(other))
          : sign(textOf(one), textOf(other))
    return falls ? -order : order
  }
