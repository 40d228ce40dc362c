import { isObject } from '@parley/core'
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { extname, resolve } from 'node:path'
import { editEntry, entriesOf, merged } from '../edit/document.ts'
import { readText, replaceText } from '../edit/file.ts'
import { addInput } from '../edit/inputs.ts'
import type { Entry } from '../entries.ts'
import type { Variables } from '../env.ts'
import { exitCodes, Failure, usage } from '../failure.ts'
import { hostOf, scopeFor } from '../hosts/all.ts'
import type { Host, HostFile, Machine } from '../hosts/host.ts'
import type { SetupFlags } from './flags.ts'
import { bridged } from './launch.ts'

/** One change to one file, worked out and not made yet. */
export type Change = {
  readonly host: Host
  readonly file: HostFile
  readonly before: string
  readonly after: string
  /** What the host will start; absent where an entry is removed. */
  readonly entry: Entry | undefined
}

const formats = new Map<string, HostFile['format']>([
  ['.toml', 'toml'],
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
])

/** The files of a host that are meant: its own, or the one that was named. @throws Failure when it has never run */
export const filesFor = (
  id: string,
  machine: Machine,
  flags: SetupFlags,
): { host: Host; files: readonly HostFile[] } => {
  const host = hostOf(id)
  const scope = scopeFor(host, flags.scope)
  if (flags.configPath !== undefined) {
    const path = resolve(flags.configPath)
    const format = formats.get(extname(path).toLowerCase()) ?? 'json'
    const section = format === 'toml' ? ['mcp_servers'] : format === 'yaml' ? ['extensions'] : sectionOf(host, machine)
    return { host, files: [{ path, format, section, sign: path }] }
  }
  const files = host.files(machine, scope)
  const [first] = files
  if (!files.some((file) => machine.exists(file.sign)) && flags.force !== true) {
    throw new Failure(
      `${host.title} has not run on this machine: ${first.sign} is not there. Start it once, or add --force or --config-path.`,
      exitCodes.usage,
    )
  }
  return { host, files }
}

/** The files in which a host may hold an entry: those of all its scopes, unless the command line says which. */
export const filesHeld = (
  id: string,
  machine: Machine,
  flags: SetupFlags,
): { host: Host; files: readonly HostFile[] } => {
  const { host, files } = filesFor(id, machine, { ...flags, force: true })
  if (flags.scope !== undefined || flags.configPath !== undefined) return { host, files }
  return { host, files: host.scopes.flatMap((scope) => host.files(machine, scope)) }
}

// A file that the user names holds the servers where the host's first one does, under its last key.
const sectionOf = (host: Host, machine: Machine): readonly string[] => {
  try {
    const [file] = host.files(machine, 'user')
    return file.section
  } catch {
    return ['mcpServers']
  }
}

const variablesIn = (held: unknown): Variables => {
  const env = isObject(held) ? (held['env'] ?? held['envs']) : undefined
  const pairs = Object.entries(isObject(env) ? env : {})
  return Object.fromEntries(pairs.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
}

/** What the user had set stays, what is given now comes before it, and what is unset goes. */
export const mergeVariables = (earlier: Variables, given: Variables, unset: readonly string[] = []): Variables =>
  Object.fromEntries(Object.entries({ ...earlier, ...given }).filter(([name]) => !unset.includes(name)))

const withVariables = (entry: Entry, held: unknown, given: Variables, unset: readonly string[] | undefined): Entry =>
  entry.kind === 'url' ? entry : { ...entry, env: mergeVariables(variablesIn(held), { ...entry.env, ...given }, unset) }

/** What stands in an entry for each secret. @throws Failure for a host that has no way to take one */
const references = (host: Host, file: HostFile, secrets: readonly string[]): Variables => {
  const { secret } = host
  if (secrets.length === 0) return {}
  if (secret === undefined || file.format !== 'json') {
    throw usage(
      `${host.title} takes a variable from its file alone: give ${secrets.join(', ')} with -e, and it stands there as plain text.`,
    )
  }
  return Object.fromEntries(secrets.map((name) => [name, secret.reference(name)]))
}

/** Works out what an installation changes in one file. @throws Failure for a file that cannot be edited */
export const planEntry = async (
  host: Host,
  file: HostFile,
  name: string,
  wanted: Entry,
  { unset, secret: secrets = [] }: Pick<SetupFlags, 'unset' | 'secret'> = {},
): Promise<Change> => {
  const before = readText(file.path)
  const held = (await entriesOf(before, file))[name]
  const reached = wanted.kind === 'url' && !host.remote ? bridged(wanted) : wanted
  const entry = withVariables(reached, held, references(host, file, secrets), unset)
  const edited = await editEntry(before, file, name, merged(held, host.write(entry, name)))
  const described = host.secret?.asks === true ? secrets : []
  const after = described.reduce((text, id) => addInput(text, id, `${id} of ${name}`, file.path), edited)
  return { host, file, before, after, entry }
}

/** An entry as it is tried here, where no host puts secrets in their place: with those of this environment. */
export const withSecrets = (entry: Entry, secrets: readonly string[] = []): Entry =>
  entry.kind === 'url' || secrets.length === 0
    ? entry
    : { ...entry, env: { ...entry.env, ...Object.fromEntries(secrets.map((name) => [name, process.env[name] ?? ''])) } }

/** Works out what a removal changes in one file; nothing where the entry is not there. */
export const planRemoval = async (host: Host, file: HostFile, name: string): Promise<Change | undefined> => {
  const before = readText(file.path)
  if (!Object.hasOwn(await entriesOf(before, file), name)) return undefined
  return { host, file, before, after: await editEntry(before, file, name, undefined), entry: undefined }
}

/** A change as the diff of its file. */
export const diffOf = ({ file, before, after }: Change): string =>
  before === after
    ? `${file.path} stays as it is.\n`
    : createTwoFilesPatch(file.path, file.path, before, after, '', '', { headerOptions: FILE_HEADERS_ONLY })

/** What an entry holds that others should not read: names of variables and headers. */
export const secretsIn = (entry: Entry | undefined): string[] => {
  if (entry === undefined) return []
  if (entry.kind === 'url') return Object.keys(entry.headers)
  const headers = entry.args.flatMap((arg, at) => (entry.args[at - 1] === '-H' ? [arg.split(':', 1)[0] ?? ''] : []))
  return [...Object.keys(entry.env).filter((name) => name !== 'PATH'), ...headers]
}

/** Makes a change; gives the path of the backup, if there was anything to keep. */
export const apply = (change: Change): string | undefined => {
  if (change.before === change.after) return undefined
  return replaceText(change.file.path, change.after, { secret: secretsIn(change.entry).length > 0 })
}
