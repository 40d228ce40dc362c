import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { unparsed } from './edit/text.ts'
import { usage } from './failure.ts'
import type { Variables } from './env.ts'

/** One server in a configuration file, as far as it says how to reach it. */
export type Entry =
  | {
      readonly kind: 'stdio'
      readonly command: string
      readonly args: readonly string[]
      readonly env: Variables
      readonly cwd?: string | undefined
    }
  | { readonly kind: 'url'; readonly url: string; readonly headers: Variables }

/** The keys under which the hosts keep their servers. */
const sections = ['mcpServers', 'servers', 'context_servers', 'mcp_servers', 'extensions', 'mcp']

/** Reads `${NAME}`, `${NAME:-default}` and `${env:NAME}` as the hosts do; what is not set stays as it is written. */
export const expand = (text: string, env: Readonly<Record<string, string | undefined>>): string =>
  text.replace(/\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g, (whole, name: string, otherwise?: string) => {
    const value = env[name]
    return value !== undefined && value !== '' ? value : (otherwise ?? whole)
  })

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

const variablesIn = (value: unknown, expanded: (text: string) => string): Variables =>
  Object.fromEntries(
    Object.entries(isObject(value) ? value : {}).flatMap(([name, text]) =>
      typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean'
        ? [[name, expanded(String(text))]]
        : [],
    ),
  )

const firstText = (value: JsonObject, ...keys: string[]): string | undefined => {
  for (const key of keys) {
    const text = value[key]
    if (typeof text === 'string') return text
  }
  return undefined
}

/** Reads an entry in any host's dialect; undefined for what is none. */
export const readEntry = (
  value: unknown,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Entry | undefined => {
  if (!isObject(value)) return undefined
  const expanded = (text: string): string => expand(text, env)
  const url = firstText(value, 'httpUrl', 'serverUrl', 'url', 'uri')
  if (url !== undefined)
    return {
      kind: 'url',
      url: expanded(url),
      headers: variablesIn(value['headers'] ?? value['http_headers'], expanded),
    }
  const listed = textsIn(value['command'])
  const command = firstText(value, 'command', 'cmd') ?? listed[0]
  if (command === undefined) return undefined
  const cwd = firstText(value, 'cwd')
  return {
    kind: 'stdio',
    command: expanded(command),
    args: [...listed.slice(1), ...textsIn(value['args'])].map(expanded),
    env: variablesIn(value['env'] ?? value['envs'] ?? value['environment'], expanded),
    ...(cwd === undefined ? {} : { cwd: expanded(cwd) }),
  }
}

/** Parses a host's file by its ending: JSON with comments, TOML or YAML. @throws Failure that says where it is broken */
export const parseConfig = async (text: string, path: string): Promise<unknown> => {
  const ending = extname(path).toLowerCase()
  try {
    if (ending === '.toml') return (await import('smol-toml')).parse(text)
    if (ending === '.yaml' || ending === '.yml') return (await import('yaml')).parse(text)
  } catch (error) {
    throw unparsed(path, error)
  }
  const { readJsonText } = await import('./edit/json.ts')
  return readJsonText(text, path)
}

/** Every entry of a configuration file by its name, under whichever key its host keeps them. */
const entriesIn = (config: unknown): Map<string, unknown> => {
  const found = new Map<string, unknown>()
  if (!isObject(config)) return found
  for (const section of sections) {
    const servers = config[section]
    if (isObject(servers)) for (const [name, value] of Object.entries(servers)) found.set(name, value)
  }
  return found
}

/** Reads one entry of a file: the one that is named, or the only one. @throws Failure when there is none, or a choice */
export const loadEntry = async (path: string, name: string | undefined): Promise<Entry> => {
  const config = await parseConfig(readFileSync(path, 'utf8'), path)
  const entries = entriesIn(config)
  // A file may also be an entry and nothing else.
  const [only, ...others] = entries.size === 0 ? [['', config] as const] : [...entries]
  const names = [...entries.keys()].join(', ')
  if (name === undefined && others.length > 0)
    throw usage(`${path} has several servers (${names}): name one, as in ${path}:${only?.[0]}.`)
  const chosen = name === undefined ? only?.[1] : entries.get(name)
  if (chosen === undefined) throw usage(`${path} has no server ${name}: it has ${names || 'none'}.`)
  const entry = readEntry(chosen)
  if (entry === undefined) throw usage(`${path} says neither a command nor a URL for ${name ?? 'its server'}.`)
  return entry
}
