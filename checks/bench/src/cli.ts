import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { binary } from '../../../scripts/toolbox.mjs'
import { keep } from './archive.ts'
import { measures } from './catalogue.ts'
import type { Measure, Settings } from './measure.ts'
import { betterPeers, targetTable } from './page.ts'
import { quietMachine } from './process.ts'
import { rounded, sectionTable } from './report.ts'
import type { Results, Section } from './report.ts'

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    node: { type: 'string' },
  },
  allowPositionals: true,
})

const say = (text: string): void => void process.stderr.write(`${text}\n`)

const nodeOf = async (wanted: string | undefined): Promise<string> => {
  const own = process.versions.node.split('.')[0]
  if (wanted === undefined || wanted === own) return process.execPath
  if (wanted === '22' || wanted === '24') return binary(`node${wanted}`)
  throw new TypeError(`--node is ${own}, 22 or 24, not ${wanted}`)
}

const chosen = (only: readonly string[]): typeof measures => {
  const known = new Set(measures.map(({ id }) => id))
  const unknown = only.filter((id) => !known.has(id))
  if (unknown.length > 0) throw new TypeError(`There is no ${unknown.join(', ')}; there are ${[...known].join(', ')}`)
  return only.length === 0 ? measures : measures.filter(({ id }) => only.includes(id))
}

/** Runs one measure. One that fails costs the run its own figures and no others'. */
const runOne = async (measure: Measure, settings: Settings): Promise<Section | undefined> => {
  // A measure that follows another at once would begin with what that one left to be done.
  await quietMachine(settings.quick ? 500 : 30_000)
  const began = performance.now()
  say(measure.title)
  try {
    const cells = rounded(await measure.run(settings))
    say(`  took ${((performance.now() - began) / 1000).toFixed(0)} s`)
    return { id: measure.id, title: measure.title, cells, ...(settings.quick && { short: true }) }
  } catch (error) {
    process.exitCode = 1
    say(`  failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return undefined
  }
}

const machine = (): string => {
  const [first] = cpus()
  return `${cpus().length} × ${first?.model ?? 'an unknown processor'}, ${process.platform} ${process.arch}`
}

const node = await nodeOf(values.node)
const version = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()
const settings: Settings = { quick: values.quick, node, say }
const about = { node: version, machine: machine(), date: new Date().toISOString().slice(0, 10) }
const sections: Section[] = []

for (const measure of chosen([...values.only.flatMap((ids) => ids.split(',')), ...positionals])) {
  const section = await runOne(measure, settings)
  if (section === undefined) continue
  sections.push(section)
  console.log(`## ${section.title}\n\n${sectionTable(section)}\n`)
  // At once, so that a run that is broken off has not been for nothing.
  if (!settings.quick || values.keep) keep({ ...about, sections: [section] })
}

const results: Results = { ...about, sections }
console.log(`## Targets\n\n${targetTable(results)}\n\n## Where a peer is better\n\n${betterPeers(results)}`)
