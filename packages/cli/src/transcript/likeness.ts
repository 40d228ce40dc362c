import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'

/** What `<name>` stands for, by name: the same in a whole transcript. */
export type Meanings = Map<string, string>

const placeholder = /<([a-z][a-z0-9]*)>/g

const isLikeText = (pattern: string, actual: string, meanings: Meanings): boolean => {
  let at = 0
  let from = 0
  for (const found of pattern.matchAll(placeholder)) {
    const fixed = pattern.slice(from, found.index)
    if (!actual.startsWith(fixed, at)) return false
    at += fixed.length
    from = found.index + found[0].length
    const [, name = ''] = found
    const rest = pattern.slice(from).split('<')[0] ?? ''
    const end = rest === '' ? actual.length : actual.indexOf(rest, at + 1)
    const value = meanings.get(name) ?? actual.slice(at, end < 0 ? actual.length : end)
    if (value === '' || !actual.startsWith(value, at)) return false
    meanings.set(name, value)
    at += value.length
  }
  return actual.slice(at) === pattern.slice(from)
}

/** Whether a value is what a transcript says, where `<name>` in a text stands for what differs from run to run. */
export const isLike = (pattern: unknown, actual: unknown, meanings: Meanings): boolean => {
  if (typeof pattern === 'string')
    return typeof actual === 'string' && (pattern === actual || isLikeText(pattern, actual, meanings))
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(actual) &&
      pattern.length === actual.length &&
      pattern.every((each, index) => isLike(each, actual[index], meanings))
    )
  }
  if (!isObject(pattern)) return pattern === actual
  if (!isObject(actual)) return false
  const keys = Object.keys(pattern)
  return (
    keys.length === Object.keys(actual).length &&
    keys.every((key) => Object.hasOwn(actual, key) && isLike(pattern[key], actual[key], meanings))
  )
}

/** A message with what placeholders stand for put in their place. */
export const filledIn = (message: JsonObject, meanings: Meanings): JsonObject => {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value.replace(placeholder, (whole, name: string) => meanings.get(name) ?? whole)
    if (Array.isArray(value)) return value.map(fill)
    return isObject(value) ? filledIn(value, meanings) : value
  }
  return Object.fromEntries(Object.entries(message).map(([key, value]) => [key, fill(value)]))
}

// Sealed by the server, so never the same twice.
const sealed = new Map([
  ['requestState', 'state'],
  ['nextCursor', 'cursor'],
])

/** A message with placeholders where it is never the same twice. */
export const concealed = (message: JsonObject, meanings: Meanings): JsonObject => {
  const conceal = (key: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((each) => conceal('', each))
    if (isObject(value)) return concealed(value, meanings)
    const word = sealed.get(key)
    if (word === undefined || typeof value !== 'string' || value === '') return value
    for (const [name, meaning] of meanings) if (meaning === value) return `<${name}>`
    const name = meanings.has(word) ? `${word}${meanings.size + 1}` : word
    meanings.set(name, value)
    return `<${name}>`
  }
  return Object.fromEntries(Object.entries(message).map(([key, value]) => [key, conceal(key, value)]))
}
