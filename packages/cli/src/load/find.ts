import type { Responder } from '@parley/protocol/server'
import type { Server } from '@parley/server'
import { Failure } from '../failure.ts'

/** A server, whichever copy of the library made it. */
export type Served = Responder & Partial<AsyncDisposable> & { readonly info?: Server['info'] }

/** The exports that are looked at, in this order, when none is named. */
const usualNames: readonly string[] = ['default', 'mcp', 'server', 'app']

/** The one function that is called without being named. */
const usualFactory = 'createServer'

/**
 * Whether a value answers calls. It is told by what it can do, not by its class: the file's copy of the library may be
 * another one than ours.
 */
export const isServer = (value: unknown): value is Served =>
  typeof value === 'object' &&
  value !== null &&
  'respond' in value &&
  typeof value.respond === 'function' &&
  'hear' in value &&
  typeof value.hear === 'function'

const made = async (value: unknown, name: string, file: string): Promise<Served> => {
  if (isServer(value)) return value
  if (typeof value !== 'function')
    throw new Failure(`${file} exports ${name}, but that is no server, and no function that makes one.`)
  const result: unknown = await value()
  if (isServer(result)) return result
  throw new Failure(`${name} in ${file} gave no server: let it return one.`)
}

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`

/**
 * Finds the server among a module's exports; a factory is called if it was named, or is called `createServer`.
 * @throws Failure when there is none, or several to choose from
 */
export const findServer = async (
  exports: Readonly<Record<string, unknown>>,
  file: string,
  named?: string,
): Promise<Served> => {
  const names = Object.keys(exports)
  if (named !== undefined) {
    if (!names.includes(named)) throw new Failure(`${file} has no export ${named}: ${listed(names)}.`)
    return made(exports[named], named, file)
  }
  const usual = usualNames.find((name) => isServer(exports[name]))
  if (usual !== undefined) return made(exports[usual], usual, file)
  if (typeof exports[usualFactory] === 'function') return made(exports[usualFactory], usualFactory, file)
  const [only, another] = names.filter((name) => isServer(exports[name]))
  if (only !== undefined && another === undefined) return made(exports[only], only, file)
  if (only !== undefined) throw new Failure(`${file} exports several servers: choose one, as in ${file}:${only}.`)
  throw new Failure(
    `${file} exports no server: ${listed(names)}. Add \`export default server\`, or name a function that makes one, as in ${file}:NAME.`,
  )
}
