// Runs the official conformance suite against our server and our client, for each revision, and holds what it finds
// against the baseline. It fails on any failure or warning that the baseline does not name, on a scenario that left no
// checks or checked nothing, on a client that crashed, and on a baseline entry that is no longer true.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { compare, judge, print } from './report.mjs'
import { frozen, runClientOnce, runClients, runServer, runServerOnce, scenariosOf, suiteVersion } from './suite.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const reports = join(here, 'reports')
const revisions = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28']
const baseline = JSON.parse(readFileSync(join(here, 'baseline.json'), 'utf8'))
const atOnce = 3
// `node run.mjs client` runs one side alone.
const sides = process.argv[2] === undefined ? ['server', 'client'] : [process.argv[2]]

const build = () => {
  const script = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'tsconfig.fixtures.json'], {
    cwd: here,
    encoding: 'utf8',
  })
  // The compiler emits all the same, and `npm run types` judges.
  if (status !== 0) console.error(`The build has errors:\n${stdout}${stderr}`)
}

const startServer = async () => {
  const child = spawn(process.execPath, [join(here, 'dist', 'server.js')], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (chunk) => (complaints += chunk))
  const lines = createInterface({ input: child.stdout })
  const [first] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [undefined])])
  if (first === undefined) throw new Error(`The server ended before it was ready:\n${complaints}`)
  const stop = async () => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    const [code, signal] = child.exitCode === null && child.signalCode === null ? await ended : [child.exitCode]
    clearTimeout(timer)
    if (code !== 0) throw new Error(`The server did not stop in good order: ${signal ?? code}\n${complaints}`)
    // A handler that failed inside is an answer like others to the suite, and here it is a mistake.
    if (complaints !== '') throw new Error(`The server complained:\n${complaints}`)
  }
  const url = new URL(first)
  // The suite's checks of Host and Origin want this name.
  url.hostname = 'localhost'
  return { url: url.href, stop }
}

const requirements = '--requirements'
const all = '--suite all'
const single = 'one by one'

// Either is a list of the suite's; what belongs to an extension is in the first alone.
const listOf = (side, mode, version) =>
  scenariosOf(side, mode === requirements ? requirements : '--spec-version', version)

const modesOf = (version) => (frozen.includes(version) ? [requirements, all] : [all])

/** Does the tasks so many at a time, and settles with what each came to, in order. */
const spread = async (tasks, work) => {
  const found = []
  // One iterator that all of them draw from.
  const queue = tasks.entries()
  const draw = async () => {
    for (const [at, task] of queue) found[at] = await work(task)
  }
  await Promise.all(Array.from({ length: atOnce }, draw))
  return found
}

const tasksOf = async (side) => {
  const lists = revisions.map(async (version) => {
    const known = await Promise.all(modesOf(version).map((mode) => listOf(side, mode, version)))
    // A server's extensions are seen in the other mode, where they do not count; the suite has no single mode for them.
    const scenarios = side === 'client' ? new Set(known.flat()) : (known.at(-1) ?? [])
    const dated = new Set(known.at(-1))
    return [...scenarios].map((scenario) => ({ side, version, mode: single, scenario, force: !dated.has(scenario) }))
  })
  return (await Promise.all(lists)).flat()
}

const intoOf = ({ side, version, mode, scenario = '' }) =>
  join(reports, side, version, mode.replace('--', ''), scenario)

const visitServer = async () => {
  const found = []
  const { url, stop } = await startServer()
  try {
    for (const version of revisions) {
      for (const mode of modesOf(version)) {
        const run = { side: 'server', version, mode }
        const scenarios = await listOf('server', mode, version)
        const results = await runServer({ url, mode, version, scenarios, into: intoOf(run) })
        found.push(...results.map((result) => ({ ...run, ...result })))
      }
    }
    const tasks = await tasksOf('server')
    found.push(
      ...(await spread(tasks, async (task) => ({
        ...task,
        ...(await runServerOnce({ url, ...task, into: intoOf(task) })),
      }))),
    )
  } finally {
    await stop()
  }
  return found
}

const visitClient = async () => {
  const found = []
  const command = [process.execPath, join(here, 'dist', 'client.js')].map((part) => JSON.stringify(part)).join(' ')
  const tasks = await tasksOf('client')
  for (const version of new Set(tasks.map((task) => task.version))) {
    // The first has all that the other has, and the extensions.
    const [mode = all] = modesOf(version)
    const run = { side: 'client', version, mode }
    const scenarios = tasks.filter((task) => task.version === version).map(({ scenario }) => scenario)
    const results = await runClients({ command, version, mode, scenarios, into: intoOf(run) })
    found.push(...results.map((result) => ({ ...run, ...result })))
  }
  found.push(
    ...(await spread(tasks, async (task) => ({
      ...task,
      ...(await runClientOnce({ command, ...task, into: intoOf(task) })),
    }))),
  )
  return found
}

rmSync(reports, { recursive: true, force: true })
build()
const server = sides.includes('server') ? await visitServer() : []
const client = sides.includes('client') ? await visitClient() : []
const verdicts = [...server, ...client].map(judge)
const findings = compare(verdicts, Object.fromEntries(sides.map((side) => [side, baseline[side]])))
console.log(`@modelcontextprotocol/conformance ${suiteVersion}\n`)
print(verdicts, findings)
process.exitCode = verdicts.length === 0 || findings.unknown.length + findings.stale.length > 0 ? 1 : 0
