import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure, exitCodes, usage } from './failure.ts'

/** What a command is about: a file that makes a server, a server elsewhere, an entry of a host's file, or a command. */
export type Target =
  | { readonly kind: 'file'; readonly path: string; readonly exportName: string | undefined; readonly shown: string }
  | { readonly kind: 'url'; readonly url: URL; readonly shown: string }
  | { readonly kind: 'entry'; readonly path: string; readonly name: string | undefined; readonly shown: string }
  | { readonly kind: 'command'; readonly command: string; readonly args: readonly string[]; readonly shown: string }

const scripts = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'])
const configs = new Set(['.json', '.jsonc', '.toml', '.yaml', '.yml'])

/** Splits `FILE:NAME` at its last colon; that of a Windows drive letter, and those in paths that exist, are left. */
const split = (text: string, exists: (path: string) => boolean): [path: string, name: string | undefined] => {
  const at = text.lastIndexOf(':')
  if (at <= 1 || at === text.length - 1 || exists(text)) return [text, undefined]
  const name = text.slice(at + 1)
  return /[\\/]/.test(name) ? [text, undefined] : [text.slice(0, at), name]
}

const readUrl = (text: string): URL => {
  try {
    return new URL(text)
  } catch {
    throw usage(`${text} is not a URL that can be read`)
  }
}

/** What is looked at to read a target; tests give their own. */
export type Surroundings = { readonly cwd: string; readonly exists: (path: string) => boolean }

/**
 * Reads what the user typed as a target.
 * @throws Failure for a file that is not there, or of a kind that cannot be run
 */
export const readTarget = (
  text: string,
  { cwd, exists }: Surroundings = { cwd: process.cwd(), exists: existsSync },
): Target => {
  if (/^(?:https?|wss?):\/\//i.test(text)) return { kind: 'url', url: readUrl(text), shown: text }
  const [written, name] = split(text, (path) => exists(resolve(cwd, path)))
  const path = written.startsWith('file://') ? fileURLToPath(written) : resolve(cwd, written)
  const ending = extname(path).toLowerCase()
  const isScript = scripts.has(ending)
  if (!isScript && !configs.has(ending)) {
    const hint = 'Name a .ts or .js file, a URL, a configuration file such as mcp.json:NAME, or a command after --.'
    throw usage(`${text} is nothing that can be run. ${hint}`)
  }
  if (!exists(path))
    throw new Failure(`${path} does not exist: check the spelling, or the folder you are in.`, exitCodes.usage)
  return isScript ? { kind: 'file', path, exportName: name, shown: text } : { kind: 'entry', path, name, shown: text }
}

/** The word that reads as a target in whatever folder. */
export const wordOf = (target: Exclude<Target, { kind: 'command' }>): string => {
  if (target.kind === 'url') return target.url.href
  const name = target.kind === 'file' ? target.exportName : target.name
  return name === undefined ? target.path : `${target.path}:${name}`
}

/** A command line that names no target. */
export const unnamed = (): Failure =>
  usage('Name a server: a file, a URL, a configuration file, or a command after --.')

/** The target of a command line: a word that is read, or what stands after `--`, a command with its arguments. */
export const commandTarget = (words: readonly string[]): Target => {
  const [command, ...args] = words
  if (command === undefined) throw unnamed()
  return { kind: 'command', command, args, shown: words.join(' ') }
}
