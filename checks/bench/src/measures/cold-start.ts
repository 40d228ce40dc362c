import { join } from 'node:path'
import { bundle, cacheFolder } from '../bundles.ts'
import { loadedBy, timeStart } from '../cold-process.ts'
import type { Ask } from '../cold-process.ts'
import type { Cell, Measure, Series, Settings, Subject } from '../measure.ts'
import { callText, checkAnswer, discover, envelope, initialize, initialized, legacy, readAnswer } from '../messages.ts'
import type { Version } from '../messages.ts'
import { programPath } from '../process.ts'
import { cellOf, interleave } from '../rounds.ts'
import type { Contender } from '../rounds.ts'

type Opening = 'initialize' | 'server/discover'
type Entrant = { readonly subject: Subject; readonly file: string; readonly openings: readonly Opening[] }

const both: readonly Opening[] = ['initialize', 'server/discover']

const cold = (program: string): string => programPath(`servers/cold-${program}`)

const bundled = async (): Promise<string> => {
  const folder = cacheFolder('cold')
  await bundle(cold('parley'), 'node', folder)
  return join(folder, 'cold-parley.js')
}

const entrants = async (quick: boolean): Promise<Entrant[]> => [
  { subject: 'floor', file: cold('floor'), openings: both },
  { subject: 'parley', file: cold('parley'), openings: both },
  { subject: 'parley bundled', file: await bundled(), openings: both },
  { subject: 'official v2', file: cold('v2'), openings: both },
  { subject: 'official v1', file: cold('v1'), openings: ['initialize'] },
  { subject: 'tmcp', file: cold('tmcp'), openings: both },
  ...(quick
    ? []
    : [
        { subject: 'parley, zod', file: cold('parley-zod'), openings: both },
        { subject: 'official v2, zod', file: cold('v2-zod'), openings: both },
      ]),
]

const first: Readonly<Record<Opening, string>> = { initialize, 'server/discover': discover }

const listText = (version: Version): string => {
  const params = version === legacy ? {} : { _meta: envelope }
  return JSON.stringify({ jsonrpc: '2.0', id: 'list', method: 'tools/list', params })
}

const sum = { name: 'add', arguments: { a: 2, b: 3 }, expected: '5' }

/** The first list and the first call, milliseconds each. */
const firstUse = async (ask: Ask, version: Version, answer: string): Promise<{ list: number; call: number }> => {
  if (readAnswer(answer).result === undefined) throw new Error(`Refused: ${answer.slice(0, 80)}`)
  const began = performance.now()
  // A notification is not answered, so it goes with what is.
  await ask(version === legacy ? `${initialized}\n${listText(version)}` : listText(version))
  const listed = performance.now()
  checkAnswer(readAnswer(await ask(callText(version, 1, sum))), sum.expected)
  return { list: listed - began, call: performance.now() - listed }
}

const contender = (node: string, { subject, file }: Entrant, opening: Opening): Contender<undefined> => ({
  subject,
  open: async () => ({
    async run() {
      let used = { list: Number.NaN, call: Number.NaN }
      const version = opening === 'initialize' ? legacy : '2026-07-28'
      const start = await timeStart(node, file, first[opening], async (ask, answer) => {
        used = await firstUse(ask, version, answer)
      })
      return { ...start, ...used }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }),
})

const measureOpening = async (all: readonly Entrant[], opening: Opening, settings: Settings): Promise<Cell[]> => {
  const taking = all.filter(({ openings }) => openings.includes(opening))
  const outcome = await interleave(
    taking.map((entrant) => contender(settings.node, entrant, opening)),
    { steps: [{ key: opening, load: undefined }], rounds: settings.quick ? 5 : 25, warm: [undefined] },
    settings,
  )
  const row = (quantity: string, words: string, unit: 'ms' | 'KiB'): Cell =>
    cellOf(outcome, opening, quantity, { id: `cold/${opening}/${quantity}`, title: `${opening}, ${words}`, unit })
  return [
    row('wall', 'spawn to answer', 'ms'),
    row('cpu', 'CPU to answer', 'ms'),
    row('peak', 'peak memory', 'KiB'),
    row('list', 'first list after that', 'ms'),
    row('call', 'first call after that', 'ms'),
  ]
}

const countModules = async (all: readonly Entrant[], { node }: Settings): Promise<Cell[]> => {
  const files: Series[] = []
  const source: Series[] = []
  for (const { subject, file } of all) {
    const loaded = await loadedBy(node, file, [], initialize)
    files.push({ subject, samples: [loaded.length] })
    source.push({ subject, samples: [loaded.reduce((total, [, characters]) => total + characters, 0) / 1024] })
  }
  return [
    { id: 'cold/modules', title: 'files loaded by the answer of initialize', unit: 'count', series: files },
    { id: 'cold/source', title: 'their text', unit: 'KiB', series: source },
  ]
}

/** From the start of a stdio server with one tool to its first answer, and to its first list and call. */
export const coldStart: Measure = {
  id: 'cold',
  title: 'Cold start of a stdio server with one tool',
  async run(settings) {
    const all = await entrants(settings.quick)
    const cells: Cell[] = []
    for (const opening of settings.quick ? both.slice(0, 1) : both) {
      settings.say(`  ${opening}`)
      cells.push(...(await measureOpening(all, opening, settings)))
    }
    return [...cells, ...(await countModules(all, settings))]
  },
}
