import { isObject } from '@parley/core'

/**
 * Values that differ from run to run, by the names that stand for them.
 *
 * In a transcript `<name>` inside a string stands for such a value: what it is the first time, it must be ever after, and
 * what is sent gets it put in.
 */
export type Captures = Map<string, string>

const placeholder = /<([a-z][a-z0-9]*)>/g
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

const matchText = (pattern: string, actual: string, captures: Captures): boolean => {
  if (pattern === actual) return true
  const pieces = pattern.split(placeholder)
  const [first = ''] = pieces
  if (pieces.length === 1 || !actual.startsWith(first)) return false
  let at = first.length
  for (let index = 1; index < pieces.length; index += 2) {
    const name = pieces[index] ?? ''
    const after = pieces[index + 1] ?? ''
    const known = captures.get(name)
    const isLast = index + 2 >= pieces.length
    const end =
      known === undefined ? (isLast ? actual.length - after.length : actual.indexOf(after, at + 1)) : at + known.length
    if (end <= at || actual.slice(end, end + after.length) !== after) return false
    const value = actual.slice(at, end)
    if (known !== undefined && known !== value) return false
    captures.set(name, value)
    at = end + after.length
  }
  return at === actual.length
}

const matchMembers = (pattern: object, actual: object, captures: Captures): boolean => {
  const [wanted, given] = [Object.entries(pattern), new Map(Object.entries(actual))]
  return (
    wanted.length === given.size &&
    wanted.every(([key, value]) => given.has(key) && matches(value, given.get(key), captures))
  )
}

/** Holds a value against a pattern with placeholders, and adds what they stood for to `captures` as it goes. */
export const matches = (pattern: unknown, actual: unknown, captures: Captures): boolean => {
  if (typeof pattern === 'string') return typeof actual === 'string' && matchText(pattern, actual, captures)
  if (typeof pattern !== 'object' || pattern === null) return pattern === actual
  if (typeof actual !== 'object' || actual === null || Array.isArray(pattern) !== Array.isArray(actual)) return false
  return matchMembers(pattern, actual, captures)
}

/** Puts what placeholders stand for in their place, in text that is about to be sent. */
export const fillIn = (text: string, captures: Captures): string =>
  text.replaceAll(placeholder, (whole, name: string) => captures.get(name) ?? whole)

const secretKeys: ReadonlyMap<string, string> = new Map([
  ['requestState', 'state'],
  ['nextCursor', 'cursor'],
  ['correlationId', 'correlation'],
])

const nameFor = (value: string, name: string, captures: Captures): string => {
  for (const [known, captured] of captures) if (captured === value) return `<${known}>`
  let free = name
  for (let count = 2; captures.has(free); count += 1) free = `${name}${count}`
  captures.set(free, value)
  return `<${free}>`
}

/** Puts placeholders in the place of what differs from run to run. */
export const conceal = (value: unknown, captures: Captures, key = ''): unknown => {
  if (Array.isArray(value)) return value.map((item) => conceal(item, captures))
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, conceal(member, captures, name)]))
  if (typeof value !== 'string') return value
  const secret = secretKeys.get(key)
  if (secret !== undefined && value !== '') return nameFor(value, secret, captures)
  return value.replaceAll(uuid, (id) => nameFor(id, 'id', captures))
}
