/** Who is measured: a bare-Node floor, ours, or a peer. */
export type Subject = 'floor' | 'parley' | 'official v2' | 'official v1' | 'tmcp' | (string & {})

/** What a sample counts. */
export type Unit = 'us' | 'ms' | 'KiB' | 'bytes' | 'count'

/** One quantity of one subject, sample by sample. Rounds of a cell's subjects are interleaved, so equal indices were taken side by side. */
export type Series = { readonly subject: Subject; readonly samples: readonly number[] }

/** A row of a table: what was measured, for every subject that can do it. `id` like 'stdio/call/2026-07-28/64/cpu'. */
export type Cell = {
  readonly id: string
  readonly title: string
  readonly unit: Unit
  readonly series: readonly Series[]
  readonly note?: string
}

/** How one run of the bench was asked for. `say` writes progress to stderr. */
export type Settings = { readonly quick: boolean; readonly node: string; say(text: string): void }

/** Measures one thing after another, saying which. */
export const inTurn = async <Thing>(
  things: readonly Thing[],
  titleOf: (thing: Thing) => string,
  measureOne: (thing: Thing, settings: Settings) => Promise<readonly Cell[]>,
  settings: Settings,
): Promise<readonly Cell[]> => {
  const cells: Cell[] = []
  for (const thing of things) {
    settings.say(`  ${titleOf(thing)}`)
    cells.push(...(await measureOne(thing, settings)))
  }
  return cells
}

/** One group of cells that can be run by itself. */
export type Measure = { readonly id: string; readonly title: string; run(settings: Settings): Promise<readonly Cell[]> }
