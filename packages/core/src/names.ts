import type { ToolAnnotations } from './model/index.ts'

const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
const isAlphanumeric = (code: number): boolean => isLetter(code) || (code >= 48 && code <= 57)

const isInside = (text: string, extra: string): boolean =>
  [...text].every((character) => isAlphanumeric(character.charCodeAt(0)) || extra.includes(character))

const isLabel = (label: string): boolean =>
  label !== '' &&
  isLetter(label.charCodeAt(0)) &&
  isAlphanumeric(label.charCodeAt(label.length - 1)) &&
  isInside(label, '-')

const isName = (name: string): boolean =>
  name === '' ||
  (isAlphanumeric(name.charCodeAt(0)) && isAlphanumeric(name.charCodeAt(name.length - 1)) && isInside(name, '-_.'))

const reservedLabels = new Set(['mcp', 'modelcontextprotocol'])

const split = (key: string): { prefix: string | undefined; name: string } => {
  const slash = key.indexOf('/')
  return slash < 0 ? { prefix: undefined, name: key } : { prefix: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** Whether a key's prefix belongs to the protocol: its second label is `mcp` or `modelcontextprotocol`. */
export const isReservedKey = (key: string): boolean => reservedLabels.has(split(key).prefix?.split('.')[1] ?? '')

/** Says what is wrong with a `_meta` key, or nothing: an optional dotted prefix with a slash, then a name (B16). */
export const metaKeyFault = (key: string): string | undefined => {
  const { prefix, name } = split(key)
  if (prefix !== undefined && !prefix.split('.').every(isLabel)) {
    return `"${key}" has no proper prefix: labels of letters, digits and hyphens, joined by dots`
  }
  return isName(name) ? undefined : `"${key}" has no proper name: letters, digits, hyphens, underscores and dots`
}

/** Says what is wrong with an extension's id, or nothing: a `_meta` key that must have a prefix (B17). */
export const extensionIdFault = (id: string): string | undefined =>
  id.includes('/') ? metaKeyFault(id) : `"${id}" has no prefix: an extension is named like com.example/thing`

/** The name to show for a tool, prompt or resource: its title, its annotations' title, or else its name (O10). */
export const displayName = (item: {
  name: string
  title?: string | undefined
  annotations?: Pick<ToolAnnotations, 'title'> | undefined
}): string => item.title ?? item.annotations?.title ?? item.name
