import type { JsonObject } from '@parley/core'
import { posix, win32 } from 'node:path'
import type { Entry } from '../entries.ts'

/** What is looked at to find a host's files: this machine, or one that a test makes up. */
export type Machine = {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly exists: (path: string) => boolean
  /** The names in a folder; none where there is no such folder. */
  readonly list: (folder: string) => readonly string[]
}

/** Whom an entry is for: this user everywhere, everybody in this project, or this user in this project. */
export type Scope = 'user' | 'project' | 'local'

/** One file in which a host keeps its servers. */
export type HostFile = {
  readonly path: string
  readonly format: 'json' | 'toml' | 'yaml'
  /** The keys that lead to the servers. */
  readonly section: readonly string[]
  /** Is there once the host has run on this machine. */
  readonly sign: string
}

/** How a host takes what is not to stand in its file. */
export type Secret = {
  /** What stands in its place. */
  readonly reference: (name: string) => string
  /** Where the host then has it from, to be read after "it is". */
  readonly source: string
  /** Whether the host asks for it, by an input that the file describes. @default false */
  readonly asks?: boolean
}

/** A program that starts servers, and where it keeps them. Pure: nothing here touches the disk. */
export type Host = {
  readonly id: string
  readonly title: string
  /** The scopes that it has; the first is used unless another is asked for. */
  readonly scopes: readonly [Scope, ...Scope[]]
  /** Every file that is to be written in a scope; mostly one. @throws Failure where only the user can tell which */
  readonly files: (machine: Machine, scope: Scope) => readonly [HostFile, ...HostFile[]]
  /** An entry in the host's own dialect. */
  readonly write: (entry: Entry, name: string) => JsonObject
  /** Whether the host reaches servers by URL; otherwise this program stands between. */
  readonly remote: boolean
  /** How an entry names a variable that does not stand in the file, where the host has a way. */
  readonly secret?: Secret
  /** What the user does so that the host reads the file anew. */
  readonly after: string
}

/** Joins names to a path by the rules of a machine. */
export const joiner = (machine: Machine): ((...names: string[]) => string) => {
  const rules = machine.platform === 'win32' ? win32 : posix
  return (...names) => rules.join(...names)
}

/** The folder for a user's configurations: `%APPDATA%`, or what the desktop standard says, or Apple's own. */
export const configFolder = (machine: Machine, ...names: string[]): string => {
  const { platform, env, home } = machine
  const join = joiner(machine)
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), ...names)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', ...names)
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), ...names)
}

/** The entry of most hosts: `command`, `args`, and `env` where there is any; or a URL under the host's own key. */
export const plainEntry = (entry: Entry, urlKey = 'url'): JsonObject => {
  if (entry.kind === 'url') {
    return {
      [urlKey]: entry.url,
      ...(Object.keys(entry.headers).length === 0 ? {} : { headers: { ...entry.headers } }),
    }
  }
  return {
    command: entry.command,
    args: [...entry.args],
    ...(Object.keys(entry.env).length === 0 ? {} : { env: { ...entry.env } }),
  }
}

/** The same with its type named. */
export const typedEntry = (entry: Entry): JsonObject => ({
  type: entry.kind === 'url' ? 'http' : 'stdio',
  ...plainEntry(entry),
})
