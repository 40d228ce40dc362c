import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cacheFolder } from './bundles.ts'

const exec = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))
const { resolve } = createRequire(import.meta.url)

/** What one finds below `node_modules` after an installation. */
export type Install = { readonly packages: number; readonly files: number; readonly bytes: number }

const tally = (folder: string): { files: number; bytes: number } => {
  let files = 0
  let bytes = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === '.package-lock.json') continue
    files += 1
    bytes += statSync(join(entry.parentPath, entry.name)).size
  }
  return { files, bytes }
}

/** The version of a package that the bench itself is run with. */
const pinned = (name: string): string => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'checks/bench/package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  const version = devDependencies[name] ?? ''
  return version === 'catalog:' ? installed(name) : version
}

const installed = (name: string): string => {
  const { version } = JSON.parse(readFileSync(resolve(`${name}/package.json`), 'utf8')) as { version: string }
  return version
}

const install = async (folder: string, dependencies: Readonly<Record<string, string>>): Promise<Install> => {
  const manifest = JSON.stringify({ name: 'installed', version: '1.0.0', private: true, dependencies })
  const file = join(folder, 'package.json')
  const modules = join(folder, 'node_modules')
  const lock = join(modules, '.package-lock.json')
  const fresh = existsSync(lock) && existsSync(file) && readFileSync(file, 'utf8') === manifest
  if (!fresh) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, manifest)
    const args = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
    await exec('npm', args, { cwd: folder })
  }
  const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as { packages: Record<string, unknown> }
  return { packages: Object.keys(packages).length, ...tally(modules) }
}

/** Installs packages of the registry, in the versions that the bench runs, where that was not done before. */
export const installPublic = (folder: string, names: readonly string[]): Promise<Install> =>
  install(join(cacheFolder('installs'), folder), Object.fromEntries(names.map((name) => [name, pinned(name)])))

const pack = async (name: string, to: string): Promise<string> => {
  const args = ['pack', '--out', join(to, `${name}.tgz`)]
  await exec(join(root, 'node_modules/.bin/pnpm'), args, { cwd: join(root, 'packages', name) })
  return `file:${join(to, `${name}.tgz`)}`
}

/** Packs packages of ours with what they need of each other, as they would be published, and installs those. */
export const installOurs = async (names: readonly string[]): Promise<Install> => {
  const tarballs = cacheFolder('tarballs')
  const folder = join(cacheFolder('installs'), 'parley')
  // What was packed before may be older than what is built.
  rmSync(folder, { recursive: true, force: true })
  const dependencies: Record<string, string> = {}
  for (const name of names) dependencies[`@parley/${name}`] = await pack(name, tarballs)
  return install(folder, dependencies)
}
