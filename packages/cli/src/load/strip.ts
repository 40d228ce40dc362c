import type * as Swc from '@swc/wasm-typescript'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { cacheFolder } from './cache.ts'

const isFault = (error: unknown): error is { code: string; message: string; startLine: number; startColumn: number } =>
  typeof error === 'object' && error !== null && 'startLine' in error && 'message' in error

const unsupportedCode = 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'

/** The error that a source gives which cannot be stripped, in the shape that Node's own stripper has. */
const thrown = (error: unknown, filename: string): unknown => {
  if (!isFault(error)) return error
  const { code, message, startLine, startColumn } = error
  const shown = new SyntaxError(`${filename}:${startLine}:${startColumn + 1}: ${message.replaceAll('\n', ' ')}`)
  return Object.assign(shown, {
    code: code === 'UnsupportedSyntax' ? unsupportedCode : 'ERR_INVALID_TYPESCRIPT_SYNTAX',
  })
}

/** Whether this Node leaves types out by itself. */
export const stripsTypes = (): boolean => 'typescript' in process.features && Boolean(process.features.typescript)

/**
 * Leaves the types out of a source, with blanks in their place, so that lines and columns stay.
 *
 * The stripper is the one inside Node 22 and later; it is loaded when first needed, which takes a tenth of a second.
 * @throws SyntaxError that names file, line and column
 */
export const strip = (source: string, filename: string): string => {
  const swc: typeof Swc = createRequire(import.meta.url)('@swc/wasm-typescript')
  try {
    return swc.transformSync(source, { mode: 'strip-only', module: true, filename, deprecatedTsModuleAsError: true })
      .code
  } catch (error) {
    throw thrown(error, filename)
  }
}

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const mostKept = 256

const keep = (folder: string, name: string, code: string): void => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // Each save of a file that is worked on leaves one behind.
    if (readdirSync(folder).length >= mostKept) rmSync(folder, { recursive: true })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const draft = join(folder, `${name}.${process.pid}`)
    writeFileSync(draft, code, { mode: 0o600 })
    renameSync(draft, join(folder, name))
  } catch {
    // A cache that cannot be written is only slow.
  }
}

/** `strip`, of which the result is kept: a file that did not change is read back, and the stripper is not loaded. */
export const stripOnce = (source: string, filename: string, cache: string = cacheFolder()): string => {
  const folder = join(cache, 'stripped')
  const name = createHash('sha256').update(source).digest('hex')
  const known = read(join(folder, name))
  if (known !== undefined) return known
  const code = strip(source, filename)
  keep(folder, name, code)
  return code
}
