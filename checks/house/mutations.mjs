#!/usr/bin/env node
// Breaks rules of the specification on purpose, one at a time, in a copy of the tree, and asks whether a test that
// cites the rule fails. A rule whose breach nobody notices is not proven by its tests.
//
//   node checks/house/mutations.mjs [--seed N] [--count N] [--all] [--only ID,ID]
import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { mutants } from './mutants.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    count: { type: 'string', default: '20' },
    all: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})
const seed = Number(values.seed ?? Date.now() % 1_000_000)

/** Numbers from 0 up to `below`, the same for the same seed. */
const random = (() => {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 0x100000000) * below)
  }
})()

/** So many rules, each once, with one of their mutants. */
const draw = (count) => {
  const ids = [...new Set(mutants.map(({ id }) => id))]
  const drawn = Array.from({ length: Math.min(count, ids.length) }, () => ids.splice(random(ids.length), 1)[0])
  return drawn.map((id) => {
    const own = mutants.filter((mutant) => mutant.id === id)
    return own[random(own.length)]
  })
}

const choose = () => {
  if (values.only !== undefined) return mutants.filter(({ id }) => values.only?.split(',').includes(id))
  return values.all ? [...mutants] : draw(Number(values.count))
}

const left = new Set(['.git', 'coverage', 'reports', 'docs', 'design', '.tsbuildinfo'])

/** A copy of the tree. The links between its workspaces are relative, so they stay inside it. */
const copyTree = () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'parley-mutants-')))
  for (const name of readdirSync(root)) {
    if (name === 'node_modules' || left.has(name)) continue
    const filter = (path) => !left.has(basename(path)) && !path.includes(`${sep}.vite${sep}`)
    cpSync(join(root, name), join(folder, name), { recursive: true, verbatimSymlinks: true, filter })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

const testsBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.name === 'node_modules' || entry.name === 'dist') return []
    if (entry.isDirectory()) return testsBelow(path)
    return entry.name.endsWith('.test.ts') ? [path] : []
  })

/** The ids at the head of a title, as in `C2, C5: sends nothing more`. */
const idsIn = (title) => {
  const ids = (title.split(':')[0] ?? '').split(',').map((id) => id.trim())
  return ids.every((id) => /^[A-Z]\d{1,2}$/.test(id)) ? ids : []
}

const citing = (tests, id) => tests.filter(({ text }) => new RegExp(`['"\`](?:[A-Z]\\d+, )*${id}[,:]`).test(text))

/** Runs those tests that name one of the ids, and gives their outcomes by full name. */
const run = (folder, files, ids) =>
  new Promise((resolve) => {
    const report = join(folder, 'mutations.json')
    rmSync(report, { force: true })
    const pattern = `\\b(?:${ids.join('|')})[,:]`
    const args = ['run', ...files, '-t', pattern, '--reporter=json', `--outputFile=${report}`, '--no-color']
    const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, CI: '1' },
      // A group of its own, so that its workers end with it.
      detached: true,
    })
    // A broken rule may well leave a test waiting for ever.
    running = { stop: () => process.kill(-child.pid, 'SIGKILL') }
    const patience = setTimeout(running.stop, 120_000)
    child.on('exit', () => {
      running = undefined
      clearTimeout(patience)
      resolve(outcomesIn(report))
    })
  })

const outcomesIn = (report) => {
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const asserted = testResults.flatMap(({ assertionResults }) => assertionResults)
    return new Map(asserted.map(({ fullName, title, status }) => [fullName, { ids: idsIn(title), status }]))
  } catch {
    // The run was ended before it could say anything.
    return new Map()
  }
}

/** The tests of packages are quick; those that start processes are asked only where the others noticed nothing. */
const isQuick = ({ path }) => path.startsWith('packages/')

/** Breaks one rule, and says what its tests made of it. `passing` are the tests that pass while nothing is broken. */
const judge = async (folder, { id, file, find, replace }, tests, passing) => {
  const path = join(folder, file)
  const whole = readFileSync(path, 'utf8')
  const places = whole.split(find).length - 1
  if (places !== 1) return { verdict: 'stale', why: `the text stands ${places} times in the file` }
  const own = citing(tests, id)
  let ran = 0
  writeFileSync(
    path,
    whole.replace(find, () => replace),
  )
  try {
    for (const quick of [true, false]) {
      const files = own.filter((test) => isQuick(test) === quick).map((test) => test.path)
      if (files.length === 0) continue
      const outcomes = [...(await run(folder, files, [id]))].filter(([, { ids }]) => ids.includes(id))
      const told = outcomes.filter(([, { status }]) => status === 'passed' || status === 'failed')
      const failed = told.filter(([name, { status }]) => status === 'failed' && passing.has(name))
      ran += told.length
      if (failed.length > 0) return { verdict: 'noticed', why: failed[0][0], failed: failed.length, ran }
    }
  } finally {
    writeFileSync(path, whole)
  }
  return {
    verdict: 'survived',
    why: own.length === 0 ? 'no test cites the rule' : `${ran} tests that cite it went on passing`,
  }
}

const folder = copyTree()
let running
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
process.once('exit', () => {
  running?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const main = async () => {
  const chosen = choose()
  const ids = [...new Set(chosen.map(({ id }) => id))]
  const tests = ['packages', 'apps', 'checks/roads', 'checks/house']
    .flatMap((part) => testsBelow(join(folder, part)))
    .map((path) => ({ path: relative(folder, path), text: readFileSync(path, 'utf8') }))
  console.log(`${chosen.length} of ${mutants.length} mutants for ${ids.length} rules, seed ${seed}`)
  const files = new Set(ids.flatMap((id) => citing(tests, id)).map(({ path }) => path))
  const outcomes = await run(folder, [...files], ids)
  const passing = new Set([...outcomes].flatMap(([name, { status }]) => (status === 'passed' ? [name] : [])))
  const failing = [...outcomes].flatMap(([name, { status }]) => (status === 'failed' ? [name] : []))
  console.log(`${passing.size} tests cite them and pass while nothing is broken`)
  for (const name of failing) console.log(`     fails without a mutant: ${name}`)
  let noticed = 0
  for (const mutant of chosen) {
    const begun = performance.now()
    const { verdict, why, failed, ran } = await judge(folder, mutant, tests, passing)
    if (verdict === 'noticed') noticed += 1
    const seconds = `${((performance.now() - begun) / 1000).toFixed(1)} s`
    const figures = failed === undefined ? '' : `${failed} of ${ran} fail`
    const where = mutant.file.replace('packages/', '').replace('/src/', ': ')
    console.log(
      [mutant.id.padEnd(3), verdict.padEnd(8), figures.padEnd(14), seconds.padStart(6), ` ${where} `, why].join(' '),
    )
  }
  console.log(`${noticed} of ${chosen.length} broken rules were noticed`)
  if (noticed < chosen.length) process.exitCode = 1
}

await main()
