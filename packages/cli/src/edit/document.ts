import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { parseConfig } from '../entries.ts'
import type { HostFile } from '../hosts/host.ts'

// What says how to reach a server. Of an entry that is written anew, what stands beside these is the user's and stays.
const reach = [
  'type',
  'command',
  'cmd',
  'args',
  'env',
  'envs',
  'url',
  'uri',
  'httpUrl',
  'serverUrl',
  'headers',
  'http_headers',
  'source',
]

/** The entries in the text of a host's file; empty where the section is not there yet. @throws Failure */
export const entriesOf = async (text: string, file: HostFile): Promise<JsonObject> => {
  let value = text.trim() === '' ? {} : await parseConfig(text, file.path)
  for (const key of file.section) value = isObject(value) ? value[key] : undefined
  return isObject(value) ? value : {}
}

/** An entry with what the user had added to the one before it, such as a list of tools to leave out. */
export const merged = (earlier: unknown, entry: JsonObject): JsonObject => {
  const own = isObject(earlier)
    ? Object.entries(earlier).filter(([key]) => !reach.includes(key) && !(key in entry))
    : []
  return { ...entry, ...Object.fromEntries(own) }
}

/** Sets an entry in the text of a host's file, or removes it, and leaves the rest as it is. @throws Failure */
export const editEntry = async (
  text: string,
  file: HostFile,
  name: string,
  entry: JsonObject | undefined,
): Promise<string> => {
  const keys = [...file.section, name]
  if (file.format === 'toml') return (await import('./toml.ts')).editToml(text, keys, entry, file.path)
  if (file.format === 'yaml') return (await import('./yaml.ts')).editYaml(text, keys, entry, file.path)
  const { editJson } = await import('./json.ts')
  const held = (await entriesOf(text, file))[name]
  if (!isObject(held) || entry === undefined) return editJson(text, keys, entry, file.path)
  // Member by member, so that what the user wrote between them stays.
  const gone = Object.keys(held).filter((key) => !(key in entry))
  const cleared = gone.reduce((left, key) => editJson(left, [...keys, key], undefined, file.path), text)
  const changed = Object.entries(entry).filter(([key, value]) => JSON.stringify(held[key]) !== JSON.stringify(value))
  return changed.reduce((left, [key, value]) => editJson(left, [...keys, key], value, file.path), cleared)
}
