import type { JsonObject } from '@parley/core'
import type { JobOutcome, Snapshot } from './api.ts'
import type { Bench } from './bench.ts'
import { el } from './dom.ts'
import type { Child } from './dom.ts'
import { listOf } from './list.ts'
import type { ListItem } from './list.ts'
import { splitOf } from './split.ts'

/** What is shown of one thing that the server offers. */
export type Shown = {
  readonly element: HTMLElement
  readonly bench: Bench
  /** Fills in what is asked for; absent where nothing is. */
  readonly fill?: (values: JsonObject) => void
}

type Named = {
  readonly name: string
  readonly title?: string | undefined
  readonly description?: string | undefined
}

/** A list of what the server offers, and what was chosen of it: the views are made once, and kept. */
export interface Shelf<View extends Shown> {
  readonly panel: HTMLElement
  /** The key of what is chosen. */
  readonly chosen: string | undefined
  /** Shows a new state. */
  readonly update: (state: Snapshot) => void
  /** Shows the last state again, after something else that its items or views are made of has changed. */
  readonly redraw: () => void
  /** Goes to an item, filled in with what is given, and shows what came of it before, or does it. */
  readonly open: (key: string, then: JobOutcome | 'run', given?: JsonObject) => void
  /** The view of an item, if it was ever shown. */
  readonly view: (key: string) => View | undefined
}

/** What begins the view of something: its name, its title, and what it is for. */
export const headOf = ({ name, title, description }: Named): Child[] => [
  el('div', { class: 'detail-head' }, el('h2', {}, name), title !== undefined && el('span', { class: 'quiet' }, title)),
  description !== undefined && el('p', { class: 'wrap' }, description),
]

/** What a shelf holds. */
export type ShelfOptions<View extends Shown> = {
  readonly label: string
  readonly items: (state: Snapshot) => readonly ListItem[]
  /** Makes the view of an item, or gives the known one where nothing about it is new; undefined where nothing is offered. */
  readonly look: (key: string, state: Snapshot, known: View | undefined) => View | undefined
  /** What stands where nothing is chosen. */
  readonly hint: (state: Snapshot) => string
  /** What stands below the list. */
  readonly below?: readonly HTMLElement[]
  /** What stands above both halves. */
  readonly above?: HTMLElement
}

/** Makes a shelf. */
export const shelfOf = <View extends Shown>(options: ShelfOptions<View>): Shelf<View> => {
  const { label, items, look, hint, below = [], above } = options
  const views = new Map<string, View>()
  let state: Snapshot | undefined
  const list = listOf(label, (key) => draw(key))
  const split = splitOf([list.element, ...below], above)
  const draw = (key: string | undefined): View | undefined => {
    if (state === undefined) return undefined
    const view = key === undefined ? undefined : look(key, state, views.get(key))
    if (key !== undefined && view !== undefined) views.set(key, view)
    split.show(view?.element, hint(state))
    return view
  }
  const redraw = (): void => {
    if (state === undefined) return
    const shown = items(state)
    list.show(shown)
    const [first] = shown
    if (list.chosen === undefined && first !== undefined) list.choose(first.key)
    draw(list.chosen)
  }
  return {
    panel: split.panel,
    get chosen() {
      return list.chosen
    },
    update: (now) => {
      state = now
      redraw()
    },
    redraw,
    open: (key, then, given) => {
      list.choose(key)
      const view = draw(key)
      if (given !== undefined) view?.fill?.(given)
      if (then === 'run') view?.bench.run()
      else view?.bench.show(then)
    },
    view: (key) => views.get(key),
  }
}
