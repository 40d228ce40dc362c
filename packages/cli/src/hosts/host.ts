import type { JsonObject } from '@parley/core'
import { posix, win32 } from 'node:path'
import type { Entry } from '../entries.ts'
import type { Variables } from '../env.ts'

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

/** A folder below the user's own. */
export const homeFolder = (machine: Machine, ...names: string[]): string => joiner(machine)(machine.home, ...names)

/** The folder for a user's configurations: `%APPDATA%`, or what the desktop standard says, or Apple's own. */
export const configFolder = (machine: Machine, ...names: string[]): string => {
  const { platform, env } = machine
  const join = joiner(machine)
  if (platform === 'win32') return join(env['APPDATA'] || homeFolder(machine, 'AppData', 'Roaming'), ...names)
  if (platform === 'darwin') return homeFolder(machine, 'Library', 'Application Support', ...names)
  return join(env['XDG_CONFIG_HOME'] || homeFolder(machine, '.config'), ...names)
}

/** The same for a program that keeps to `~/.config` on a Mac, too. */
export const dotConfigFolder = (machine: Machine, ...names: string[]): string =>
  machine.platform === 'win32' || machine.platform === 'linux'
    ? configFolder(machine, ...names)
    : homeFolder(machine, '.config', ...names)

/** A host's one file, in a folder of its own. */
export type OwnFile = {
  readonly name: string
  /** @default 'json' */
  readonly format?: HostFile['format']
  /** The key that leads to the servers. */
  readonly section: string
  /** The folder of this user. */
  readonly user: (machine: Machine) => string
  /** The folder in a project; absent where the host looks into none. */
  readonly project?: string
}

/** Finds the file of a host that keeps one, for this user or for everybody in a project. */
export const ownFile =
  ({ name, format = 'json', section, user, project }: OwnFile): Host['files'] =>
  (machine, scope) => {
    const join = joiner(machine)
    const isShared = scope === 'project' && project !== undefined
    const folder = isShared ? join(machine.cwd, project) : user(machine)
    return [{ path: join(folder, name), format, section: [section], sign: isShared ? machine.cwd : folder }]
  }

/** Variables under a key, which is left out where there are none. */
export const unlessEmpty = (key: string, variables: Variables): JsonObject =>
  Object.keys(variables).length === 0 ? {} : { [key]: { ...variables } }

/** The entry of most hosts: `command`, `args`, and `env` where there is any; or a URL under the host's own keys. */
export const plainEntry = (entry: Entry, keys: { readonly url?: string; readonly headers?: string } = {}): JsonObject =>
  entry.kind === 'url'
    ? { [keys.url ?? 'url']: entry.url, ...unlessEmpty(keys.headers ?? 'headers', entry.headers) }
    : { command: entry.command, args: [...entry.args], ...unlessEmpty('env', entry.env) }

/** The same with its type named. */
export const typedEntry = (entry: Entry): JsonObject => ({
  type: entry.kind === 'url' ? 'http' : 'stdio',
  ...plainEntry(entry),
})
