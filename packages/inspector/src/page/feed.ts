/** Rows of a list that only grows, drawn at most once a frame and bounded in number. */
export interface Feed<T> {
  /** Everything kept, oldest first. */
  readonly items: readonly T[]
  /** Adds one. */
  readonly add: (item: T) => void
  /** Puts others in the place of all. */
  readonly replace: (items: readonly T[]) => void
  /** Draws all rows again, as after another filter. */
  readonly redraw: () => void
}

const mostKept = 2000

/** Makes a feed in a box that scrolls; whoever looks at its end is kept there. `draw` gives nothing for what is filtered out. */
export const feedOf = <T>(
  box: HTMLElement,
  draw: (item: T) => HTMLElement | undefined,
  changed: (count: number) => void,
): Feed<T> => {
  let items: T[] = []
  let fresh: T[] = []
  let isDue = false
  const append = (): void => {
    isDue = false
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40
    box.append(...fresh.flatMap((item) => draw(item) ?? []))
    fresh = []
    while (box.childElementCount > mostKept) box.firstElementChild?.remove()
    if (isAtEnd) box.scrollTop = box.scrollHeight
    changed(items.length)
  }
  const redraw = (): void => {
    box.replaceChildren()
    fresh = [...items]
    append()
  }
  return {
    get items() {
      return items
    },
    add: (item) => {
      items.push(item)
      fresh.push(item)
      if (items.length > mostKept * 1.25) items = items.slice(-mostKept)
      if (fresh.length > mostKept) fresh = fresh.slice(-mostKept)
      if (isDue) return
      isDue = true
      requestAnimationFrame(append)
    },
    replace: (others) => {
      items = [...others]
      redraw()
    },
    redraw,
  }
}

/** The time of day, to the millisecond. */
export const clockText = (at: number): string => {
  const date = new Date(at)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
