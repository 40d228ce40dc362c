import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { codeOf, usage } from './failure.ts'

/** Variables by name. */
export type Variables = Readonly<Record<string, string>>

/** Reads `KEY=VALUE`, as `-e` takes it; the value may hold further equals signs, and may be empty. */
export const readPair = (text: string): [name: string, value: string] => {
  const at = text.indexOf('=')
  const name = at < 0 ? text : text.slice(0, at)
  if (at < 0 || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw usage(`-e takes NAME=VALUE, not ${JSON.stringify(text)}.`)
  return [name, text.slice(at + 1)]
}

const readEnvFile = (path: string): Variables => {
  try {
    // A variable that is there has a value; the type allows for one that was never read.
    return parseEnv(readFileSync(path, 'utf8')) as Variables
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT'
    throw usage(
      missing ? `The env file ${path} does not exist.` : `The env file ${path} cannot be read: ${String(error)}`,
    )
  }
}

/**
 * The variables that the command line gives: those of each `-f` file, a later one before an earlier one, and those of `-e`
 * before all of them. What is given comes before what stands in the environment already.
 */
export const givenVariables = (files: readonly string[] = [], pairs: readonly string[] = []): Variables =>
  Object.fromEntries([...files.flatMap((file) => Object.entries(readEnvFile(file))), ...pairs.map(readPair)])
