/** The same numbers in [0, 1) for the same seed (mulberry32). */
export const numbersFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A change to one place in a JSON value: the field is dropped, or its value replaced by one of another type. */
export type Mutation = { path: string[]; replacement: unknown; isDropped: boolean }

const replacements = [null, 'seven', 7, 0.5, -1, true, [], {}, [1], { a: 1 }]

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** Every place inside a JSON value. */
export const placesIn = (value: unknown, path: string[] = []): string[][] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...placesIn(inner, [...path, key])])
}

const valueAt = (value: unknown, path: string[]): unknown =>
  path.reduce<unknown>((holder, key) => Object.entries(Object(holder)).find(([name]) => name === key)?.[1], value)

const chooseFrom = <T>(options: readonly T[], next: () => number, otherwise: T): T =>
  options[Math.floor(next() * options.length)] ?? otherwise

/** Chooses one place and one change to it. */
export const chooseMutation = (value: unknown, next: () => number): Mutation => {
  const path = chooseFrom(placesIn(value), next, [])
  const isDropped = next() < 0.4
  const was = typeOf(valueAt(value, path))
  const others = replacements.filter((option) => typeOf(option) !== was)
  return { path, isDropped, replacement: chooseFrom(others, next, null) }
}

/** A copy of a JSON value with one change. */
export const mutate = (value: unknown, { path, isDropped, replacement }: Mutation): unknown => {
  const [key, ...rest] = path
  if (key === undefined) return replacement
  if (Array.isArray(value)) {
    if (rest.length === 0 && isDropped) return value.filter((_, index) => `${index}` !== key)
    const change =
      rest.length === 0 ? { path: [], isDropped: false, replacement } : { path: rest, isDropped, replacement }
    return value.map((item, index) => (`${index}` === key ? mutate(item, change) : item))
  }
  const entries = Object.entries(Object(value)).flatMap(([name, inner]) => {
    if (name !== key) return [[name, inner]]
    if (rest.length === 0) return isDropped ? [] : [[name, replacement]]
    return [[name, mutate(inner, { path: rest, isDropped, replacement })]]
  })
  return Object.fromEntries(entries)
}
