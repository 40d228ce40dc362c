import { isObject } from '@parley/core'

const width = 110

const flat = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(flat).join(', ')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${flat(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

/** JSON as people like to read it: on one line where it fits, else a member a line; continuation lines are indented. */
export const layOut = (value: unknown, indent = 4): string => {
  const short = flat(value)
  if (short.length + indent <= width || typeof value !== 'object' || value === null) return short
  const pad = ' '.repeat(indent + 2)
  const members = Array.isArray(value)
    ? value.map((item) => `${pad}${layOut(item, indent + 2)}`)
    : Object.entries(value).map(([key, member]) => `${pad}${JSON.stringify(key)}: ${layOut(member, indent + 2)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${members.join(',\n')}\n${' '.repeat(indent)}${close}`
}
