import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { exitCodes, Failure, usage } from '../failure.ts'
import type { ServerFlags } from '../options.ts'
import { cacheFolder } from './cache.ts'
import type { Extras } from './loader.ts'
import { npmLaunch } from './npm.ts'

/** What is to be installed beside a project: npm's specs, and folders of packages that are worked on. */
export type Wanted = { readonly specs: readonly string[]; readonly folders: readonly string[] }

const nameIn = (folder: string): string => {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    if (typeof manifest === 'object' && manifest !== null && 'name' in manifest && typeof manifest.name === 'string')
      return manifest.name
  } catch {
    throw usage(`--with-editable ${folder}: there is no package.json that can be read.`)
  }
  throw usage(`--with-editable ${folder}: its package.json has no name.`)
}

/** The same packages give the same key, in whatever order they are named. */
export const keyOf = ({ specs, folders }: Wanted): string => {
  const sorted = JSON.stringify([specs.toSorted(), folders.toSorted()])
  return createHash('sha256').update(sorted).digest('hex').slice(0, 16)
}

const npmInstall = (folder: string, specs: readonly string[]): Promise<void> =>
  new Promise((settle, reject) => {
    const [command, args] = npmLaunch('npm')
    const flags = [
      'install',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--no-package-lock',
      '--install-links=false',
    ]
    const child = spawn(command, [...args, ...flags, '--', ...specs], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const hear = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-8192))
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', (error) =>
      reject(new Failure(`npm cannot be started (${error.message}): install Node with npm.`)),
    )
    child.on('close', (code) => {
      if (code === 0) settle()
      else reject(new Failure(`npm could not install ${specs.join(' ')}: see above.`, exitCodes.failed, output))
    })
  })

const marker = 'parley-extras.json'

/** What an earlier installation left in a folder. @throws Failure when there is none */
export const readExtras = (folder: string): Extras => {
  if (!existsSync(join(folder, marker))) {
    throw new Failure(
      `The packages that were installed for this server are gone from ${folder}: run parley install again.`,
    )
  }
  const { editable } = JSON.parse(readFileSync(join(folder, marker), 'utf8')) as { editable: string[] }
  return { folder, editable }
}

const checkedSpec = (spec: string): string => {
  if (spec === '' || spec.startsWith('-'))
    throw usage(`--with takes a package such as zod or zod@4, not ${JSON.stringify(spec)}.`)
  return spec
}

/**
 * Installs packages into a folder of our own cache, unless they are there already, and gives that folder.
 *
 * The project is not touched. Nothing is left behind when npm fails.
 */
const installExtras = async (wanted: Wanted): Promise<string> => {
  const specs = wanted.specs.map(checkedSpec)
  const folders = wanted.folders.map((folder) => resolve(folder))
  const editable = folders.map(nameIn)
  const key = keyOf({ specs, folders })
  const cache = join(cacheFolder(), 'with')
  const place = join(cache, key)
  if (existsSync(join(place, marker))) return place
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'new-'))
  try {
    process.stderr.write(`Installing ${[...specs, ...editable].join(' ')} into ${place}\n`)
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
    await npmInstall(folder, [...specs, ...folders])
    writeFileSync(join(folder, marker), `${JSON.stringify({ specs, folders, editable })}\n`)
    // Another process may have been faster; its packages are as good.
    if (!existsSync(join(place, marker))) renameSync(folder, place)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return place
}

/** Installs what a command line wants beside a project, and gives the folder; undefined where it wants nothing. */
export const installWanted = async ({
  with: specs = [],
  withEditable: folders = [],
}: ServerFlags): Promise<string | undefined> =>
  specs.length + folders.length === 0 ? undefined : installExtras({ specs, folders })
