// Installs what the workspace needs, the first time and whenever the lockfile has changed. Needs Node and npm only,
// and imports nothing that an install would have to bring first.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The repository's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url))

const stamp = join(root, 'node_modules', '.parley-setup')
const tail = 12

const colour = process.stderr.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)

/** Prints one line about the set-up, on stderr: stdout belongs to what runs afterwards. */
export const say = (text) => process.stderr.write(`${paint(36, 'parley')} ${text}\n`)

/** Prints what failed and what to do about it, and makes the process end with 1. */
export const fail = (what, hint) => {
  process.stderr.write(`${paint(31, 'parley')} ${what}\n${hint ? `       ${hint}\n` : ''}`)
  process.exitCode = 1
}

const inputs = () => {
  const hash = createHash('sha256')
  for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
    hash.update(readFileSync(join(root, name)))
  // A Node of another major line may need other builds of the same packages.
  return hash.update(process.versions.modules).digest('hex')
}

const isCurrent = (wanted) => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted

const manifest = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const nodeIsTooOld = (range) => {
  const [major, minor] = range.replace('>=', '').split('.').map(Number)
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
  return ownMajor < major || (ownMajor === major && ownMinor < minor)
}

// npm tells its scripts where it is; started by hand, `npm` is looked up, through the shell where Windows needs one.
const npm = () => {
  const cli = process.env.npm_execpath
  if (cli && basename(cli) === 'npm-cli.js') return { command: process.execPath, first: [cli], shell: false }
  return { command: 'npm', first: [], shell: process.platform === 'win32' }
}

const runPnpm = (version, args) =>
  new Promise((resolve) => {
    const { command, first, shell } = npm()
    const all = [...first, 'exec', '--yes', `--package=pnpm@${version}`, '--', 'pnpm', ...args]
    const child = spawn(command, all, { cwd: root, shell, stdio: ['ignore', 'pipe', 'pipe'] })
    const lines = []
    const take = (chunk) => {
      for (const line of String(chunk).split(/[\r\n]+/)) if (line.trim()) lines.push(line)
      lines.splice(0, lines.length - 200)
      progress(lines.at(-1) ?? '')
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', (error) => resolve({ code: 1, lines: [...lines, error.message] }))
    child.on('close', (code) => resolve({ code: code ?? 1, lines }))
  })

// One line that is written over, and only where somebody is looking at it.
const progress = (line) => {
  if (!process.stderr.isTTY) return
  const width = Math.max(20, (process.stderr.columns || 80) - 10)
  process.stderr.write(`\r\u001b[2K${paint(36, 'parley')} ${paint(2, line.trim().slice(0, width))}`)
}
const endProgress = () => process.stderr.isTTY && process.stderr.write('\r\u001b[2K')

const reasons = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|dns error|error sending request/i,
    'The npm registry cannot be reached: check the network, the proxy and the `registry` setting of npm.',
  ],
  [
    /ERR_PNPM_OUTDATED_LOCKFILE|frozen-lockfile/i,
    'pnpm-lock.yaml does not fit the package.json files: run `npx pnpm install` and commit the result.',
  ],
  [/ENOSPC|no space left/i, 'The disk is full.'],
  [
    /EACCES|EPERM|permission denied/i,
    'A folder cannot be written: check who owns this one, its node_modules and the home folder.',
  ],
]

const hintFor = (text) =>
  reasons.find(([pattern]) => pattern.test(text))?.[1] ?? 'The lines above are the end of what pnpm said.'

const install = async (version, wanted) => {
  const started = Date.now()
  const why = existsSync(stamp) ? 'the lockfile has changed' : 'first run'
  say(`installing the dependencies (${why}; pnpm ${version}, about 20 s the first time) …`)
  const { code, lines } = await runPnpm(version, ['install', '--frozen-lockfile'])
  endProgress()
  if (code !== 0) {
    process.stderr.write(`${lines.slice(-tail).join('\n')}\n`)
    fail(`the installation failed: pnpm ended with ${code}.`, hintFor(lines.join('\n')))
    return false
  }
  writeFileSync(stamp, wanted)
  say(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
  return true
}

/** Makes sure that the dependencies are there; true when they are. Costs a few milliseconds when nothing has changed. */
export const setup = async () => {
  const { engines, devDependencies } = manifest()
  if (nodeIsTooOld(engines.node)) {
    fail(`Node ${process.versions.node} is too old: ${engines.node} is needed.`, 'Install a newer Node and try again.')
    return false
  }
  const wanted = inputs()
  return isCurrent(wanted) || (await install(devDependencies.pnpm, wanted))
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await setup()
