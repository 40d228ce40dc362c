import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, describe, it } from 'vitest'

/** Where each test file leaves its part of the matrix. */
export const partsDirectory: URL = new URL('../../reports/interop/', import.meta.url)

/** Why a cell did not simply pass: the peer's own words, that the revision has no such thing, or that a session has. */
export type Remark = { words: string } | { absent: string } | { alone: string }

/** What one cell came to: null as long as it was not run. */
export type Result = 'pass' | Remark | { failure: string } | null

/** One peer's part of the matrix. */
export type Part = {
  /** Its place in the document. */
  order: number
  title: string
  note: string
  columns: string[]
  features: string[]
  /** By feature, then by column. */
  results: { [feature: string]: { [column: string]: Result } }
}

/** Runs one cell: what returns nothing has passed. */
export type Cell = (feature: string, run: () => Promise<Remark | void>) => void

/** Declares one column of a peer's part: a way to meet it. */
export type Column = (name: string, cells: (cell: Cell) => void) => void

/** Opens a peer's part of the matrix; called once per test file, whose tests are its cells. */
export const openPart = (order: number, title: string, note: string): Column => {
  const part: Part = { order, title, note, columns: [], features: [], results: {} }
  afterAll(() => {
    mkdirSync(partsDirectory, { recursive: true })
    writeFileSync(new URL(`${order}.json`, partsDirectory), `${JSON.stringify(part, undefined, 2)}\n`)
  })
  return (name, cells) => {
    part.columns.push(name)
    describe(`${title}, ${name}`, () => {
      cells((feature, run) => {
        if (!part.features.includes(feature)) part.features.push(feature)
        const row = (part.results[feature] ??= {})
        row[name] = null
        it(feature, async () => {
          try {
            row[name] = (await run()) ?? 'pass'
          } catch (error) {
            row[name] = { failure: String(error).split('\n', 1)[0] ?? '' }
            throw error
          }
        })
      })
    })
  }
}
