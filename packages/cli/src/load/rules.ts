import { readFileSync } from 'node:fs'
import type { LoadHookContext } from 'node:module'
import { fileURLToPath } from 'node:url'
import { stripOnce } from './strip.ts'

/** What the hooks know; it is plain, for they may run in another thread. */
export type Loading = {
  /** Whether types must be left out here, for this Node does not. */
  readonly strips: boolean
  /** The URL of a folder, ending in a slash, whose `node_modules` is asked for what the project lacks. */
  readonly fallback?: string | undefined
  /** Names that are taken from that folder even where the project has them. */
  readonly editable: readonly string[]
  /** The URL of a file of this package, from where the library is found if the project has none. */
  readonly own: string
}

/** One try at finding a module. */
export type Attempt = { readonly specifier: string; readonly parent: string | undefined }

const isBare = (specifier: string): boolean => !/^(?:\.{0,2}\/|[a-z][a-z0-9+.-]*:|#)/i.test(specifier)

const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

const ours = '@parley/'

/** Where to look for a module, in order. */
export const attemptsFor = (specifier: string, parent: string | undefined, loading: Loading): Attempt[] => {
  const plain = { specifier, parent }
  // Those who write for the compiler name the JavaScript that a TypeScript file will become.
  const typed = /^(\.{0,2}\/.*)\.([cm]?)js$/.exec(specifier)
  if (typed !== null) return [plain, { specifier: `${typed[1]}.${typed[2]}ts`, parent }]
  if (!isBare(specifier)) return [plain]
  const attempts = [plain]
  if (loading.fallback !== undefined) {
    const there = { specifier, parent: new URL('package.json', loading.fallback).href }
    if (loading.editable.includes(packageOf(specifier))) attempts.unshift(there)
    else attempts.push(there)
  }
  if (specifier.startsWith(ours)) attempts.push({ specifier, parent: loading.own })
  return attempts
}

/** Whether an error says that a module is not there, rather than that it is broken. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_MODULE_NOT_FOUND' ||
    error.code === 'MODULE_NOT_FOUND' ||
    error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED')

/** Whether a URL names a TypeScript file of the project; those of packages are no business of ours. */
export const isTyped = (url: string): boolean => /^file:.*\.m?ts$/.test(url) && !url.includes('/node_modules/')

const moduleSyntax = /^\s*(?:export\s|import\s*(?:[{*"']|type\s|[\w$]+\s*(?:,|from\s)))/m

/** Whether a source is written as an ES module, whatever the nearest package.json says of JavaScript. */
export const isModule = (source: string): boolean => moduleSyntax.test(source)

/** The JavaScript of a TypeScript file. */
export const typedSource = (url: string): { format: 'module'; source: string; shortCircuit: true } => {
  const path = fileURLToPath(url)
  return { format: 'module', source: stripOnce(readFileSync(path, 'utf8'), path), shortCircuit: true }
}

type Format = LoadHookContext['format']

const typedModule: string = 'module-typescript'

/** The format of a TypeScript file that Node itself is to load: an ES module where it is written as one. */
export const typedFormat = (url: string, format: Format): Format => {
  if (String(format) !== 'commonjs-typescript') return format
  // The types of the oldest Node that this runs on do not know the word.
  return isModule(readFileSync(fileURLToPath(url), 'utf8')) ? (typedModule as Format) : format
}
