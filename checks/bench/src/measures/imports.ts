import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { loadedBy, timeStart } from '../cold-process.ts'
import type { Cell, Measure, Settings, Subject } from '../measure.ts'
import { programPath } from '../process.ts'
import { cellOf, interleave } from '../rounds.ts'
import type { Contender } from '../rounds.ts'

type Import = { readonly title: string; readonly by: readonly (readonly [Subject, readonly string[]])[] }

const { resolve } = createRequire(import.meta.url)

/** Every entry that a package has, by the name one imports it by. */
const entriesOf = (name: string): string[] => {
  const { exports } = JSON.parse(readFileSync(resolve(`${name}/package.json`), 'utf8')) as { exports: object }
  return Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => name + entry.slice(1))
}

const ours = ['core', 'protocol', 'server', 'client', 'transports'].flatMap((name) => entriesOf(`@parley/${name}`))

const serverOnStdio: Import = {
  title: 'a server with stdio',
  by: [
    ['parley', ['@parley/server', '@parley/transports/stdio/server']],
    ['official v2', ['@modelcontextprotocol/server', '@modelcontextprotocol/server/stdio']],
    ['official v1', ['@modelcontextprotocol/sdk/server/mcp.js', '@modelcontextprotocol/sdk/server/stdio.js']],
    ['tmcp', ['tmcp', '@tmcp/transport-stdio', '@tmcp/adapter-zod']],
  ],
}

const clientOnHttp: Import = {
  title: 'a client with HTTP',
  by: [
    ['parley', ['@parley/client', '@parley/transports/http/client']],
    ['official v2', ['@modelcontextprotocol/client']],
    [
      'official v1',
      ['@modelcontextprotocol/sdk/client/index.js', '@modelcontextprotocol/sdk/client/streamableHttp.js'],
    ],
  ],
}

const single = (name: string): Import => ({ title: name, by: [['parley', [name]]] })

// A program of the bench finds what the bench depends on.
const program = programPath('servers/cold-import')

const timed = async (node: string, names: readonly string[]): Promise<Record<string, number>> => {
  let line = ''
  await timeStart(node, program, '', async (_ask, answer) => void (line = answer), names)
  return JSON.parse(line) as Record<string, number>
}

const measureImport = async ({ title, by }: Import, settings: Settings): Promise<Cell[]> => {
  const contenders: Contender<undefined>[] = by.map(([subject, names]) => ({
    subject,
    open: async () => ({ run: () => timed(settings.node, names), [Symbol.asyncDispose]: async () => undefined }),
  }))
  const rounds = settings.quick ? 5 : 15
  const outcome = await interleave(contenders, { steps: [{ key: title, load: undefined }], rounds, warm: [] }, settings)
  const wall = cellOf(outcome, title, 'wall', { id: `import/${title}/wall`, title, unit: 'ms' })
  const cpu = cellOf(outcome, title, 'cpu', { id: `import/${title}/cpu`, title: `${title}, CPU`, unit: 'ms' })
  const files = await countFiles({ title, by }, settings)
  // Of single entries the steadier figure is enough.
  return by.length > 1 ? [wall, cpu, files] : [cpu, files]
}

const countFiles = async ({ title, by }: Import, { node }: Settings): Promise<Cell> => {
  const series = []
  for (const [subject, names] of by) {
    const loaded = await loadedBy(node, program, names)
    // The program and the nothing that it imports.
    series.push({ subject, samples: [loaded.length - 2] })
  }
  return { id: `import/${title}/files`, title: `${title}, files`, unit: 'count', series }
}

/** What is loaded of ajv before anything needs it, by all entries but the one that is for it. */
const countAjv = async ({ node }: Settings): Promise<Cell> => {
  const loaded = await loadedBy(
    node,
    program,
    ours.filter((name) => !name.endsWith('/ajv')),
  )
  const count = loaded.filter(([url]) => url.includes('/node_modules/ajv/')).length
  const title = 'files of ajv that any entry but core/ajv loads'
  return { id: 'import/ajv', title, unit: 'count', series: [{ subject: 'parley', samples: [count] }] }
}

/** What it takes to import each entry of our packages, and what a server or a client needs of the peers'. */
export const imports: Measure = {
  id: 'import',
  title: 'Import, over a Node that runs already',
  async run(settings) {
    const cells: Cell[] = []
    const wanted = [serverOnStdio, clientOnHttp, ...(settings.quick ? [] : ours.map(single))]
    for (const one of wanted) cells.push(...(await measureImport(one, settings)))
    return [...cells, await countAjv(settings)]
  },
}
