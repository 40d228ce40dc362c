import * as module from 'node:module'
import { spawnSync } from 'node:child_process'
import { basename, dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { exitCodes, Failure } from '../failure.ts'
import { entryPath } from '../self.ts'
import type { Loading } from './rules.ts'
import { stripsTypes } from './strip.ts'

/** The packages that a file may use beside its project's own. */
export type Extras = {
  /** The folder that they were installed into. */
  readonly folder: string
  /** Names that come from there even where the project has them. */
  readonly editable: readonly string[]
}

const findsLibrary = (path: string): boolean => {
  try {
    module.createRequire(path).resolve('@parley/server')
    return true
  } catch {
    return false
  }
}

const register = async (loading: Loading): Promise<void> => {
  const { directHooks } = await import('../hooks.ts')
  // Hooks of the newer kind need no thread of their own.
  if ('registerHooks' in module && typeof module.registerHooks === 'function')
    module.registerHooks(directHooks(loading))
  else module.register(pathToFileURL(entryPath('hooks')), { data: loading })
}

/** Sees to it that Node loads a file: TypeScript, extra packages, and the library where the project has none. */
export const prepareLoader = async (path: string, extras?: Extras): Promise<void> => {
  const typed = /\.[cm]?ts$/.test(path)
  if (!typed && extras === undefined && findsLibrary(path)) return
  await register({
    strips: !stripsTypes(),
    editable: extras?.editable ?? [],
    own: pathToFileURL(entryPath('main')).href,
    ...(extras === undefined ? {} : { fallback: pathToFileURL(`${extras.folder}/`).href }),
  })
}

const textOf = (error: unknown): { message: string; stack: string; code: string } => {
  if (!(error instanceof Error)) return { message: String(error), stack: '', code: '' }
  return {
    message: error.message,
    stack: error.stack ?? '',
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
  }
}

/** What Node says first of an error in the source itself: where it is. */
const placeIn = (stack: string): string | undefined => {
  const [first = ''] = stack.split('\n')
  const found = /^(?:file:\/\/)?(\/?.*\.[cm]?[jt]s):(\d+)$/.exec(first.trim())
  return found === null ? undefined : `${found[1]}:${found[2]}`
}

// A syntax error that was caught has lost its place; the same Node tells it of the file when asked to check it.
const checkedPlace = (path: string): string | undefined => {
  if (!/\.[cm]?js$/.test(path)) return undefined
  const { stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8', timeout: 5000 })
  return placeIn(stderr)
}

// How this program came to load the file helps nobody.
const ownFolder = pathToFileURL(dirname(entryPath('main'))).href

const shortened = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => !line.includes(ownFolder) && !line.includes('(node:internal/') && !line.includes('/commander/'))
    .filter((line) => !line.includes(' node:internal/'))
    .join('\n')

const unstrippable = 'Types are only left out here, and this is more than a type: write it in plain JavaScript.'

const missingPackage = (message: string): string | undefined =>
  /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1]

/** What went wrong while a file was loaded, in one sentence. */
export const loadFailure = (error: unknown, path: string): Failure => {
  if (error instanceof Failure) return error
  const { message, stack, code } = textOf(error)
  const [line = message] = message.split('\n')
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    const place = line.includes('.ts:') ? line : `${placeIn(stack) ?? path}: ${line}`
    return new Failure(`${place}. ${unstrippable}`, exitCodes.usage)
  }
  const lacking = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' ? missingPackage(message) : undefined
  if (lacking !== undefined && !/^[./]|^file:/.test(lacking) && !/^[A-Za-z]:/.test(lacking)) {
    return new Failure(
      `${basename(path)} needs the package ${lacking}: install it with \`npm install ${lacking}\`, or add \`--with ${lacking}\`.`,
      exitCodes.usage,
    )
  }
  if (error instanceof SyntaxError) {
    const place = placeIn(stack) ?? checkedPlace(path) ?? path
    return new Failure(line.includes('.ts:') ? line : `${place}: ${line}`, exitCodes.usage)
  }
  return new Failure(`${basename(path)} failed while it was loaded: ${line}`, exitCodes.failed, shortened(stack))
}

/** Imports a file. @throws Failure that says where it is broken */
export const importFile = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (error) {
    throw loadFailure(error, path)
  }
}
