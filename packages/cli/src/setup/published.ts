import { isObject } from '@parley/core'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { Entry } from '../entries.ts'
import type { Variables } from '../env.ts'
import { exitCodes, Failure, usage } from '../failure.ts'
import { askNpm, npmLaunch } from '../load/npm.ts'

/** A package in one of its versions. */
export type Published = { readonly name: string; readonly version: string }

const exact = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/

/** The package that a file or folder belongs to. @throws Failure where there is none, or it is not for others */
const packageAround = (path: string): Published => {
  const start = statSync(path).isDirectory() ? path : dirname(path)
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest)) {
      const read: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
      const { name, version, private: isPrivate } = isObject(read) ? read : {}
      if (typeof name === 'string' && typeof version === 'string' && isPrivate !== true) return { name, version }
      throw usage(`${manifest} has no name and version, or is private: --published takes what is on npm.`)
    }
    if (dirname(folder) === folder) throw usage(`${path} belongs to no package: --published takes what is on npm.`)
  }
}

const newest = async (spec: string): Promise<string> => {
  try {
    const answer: unknown = JSON.parse(await askNpm(['view', spec, 'version', '--json']))
    const version: unknown = Array.isArray(answer) ? answer.at(-1) : answer
    if (typeof version === 'string') return version
  } catch (error) {
    throw new Failure(`npm does not know ${spec}: check its name.`, exitCodes.failed, String(error))
  }
  throw new Failure(`npm does not know ${spec}: check its name and version.`)
}

/** Finds out which version of a package is meant: that of a file or folder here, or the newest that a spec allows. */
export const publishedAs = async (text: string): Promise<Published> => {
  if (existsSync(resolve(text))) return packageAround(resolve(text))
  const [, name, range] = /^((?:@[\w.-]+\/)?[\w.-]+)(?:@([^\s@]+))?$/.exec(text) ?? []
  if (name === undefined || name.startsWith('-'))
    throw usage(`--published takes a package such as @parley/echo, not ${JSON.stringify(text)}.`)
  return { name, version: range !== undefined && exact.test(range) ? range : await newest(text) }
}

/** The entry that starts a package from npm, in this version for good. */
export const publishedEntry = ({ name, version }: Published, env: Variables): Entry => {
  const [command, args] = npmLaunch('npx')
  // What npx starts looks for Node by its name.
  const folders = [...new Set([dirname(process.execPath), '/usr/bin', '/bin'])].join(delimiter)
  const path = process.platform === 'win32' ? {} : { PATH: folders }
  return { kind: 'stdio', command, args: [...args, '-y', `${name}@${version}`], env: { ...path, ...env } }
}
