import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from '../bundles.ts'
import type { Cell, Measure, Settings, Subject } from '../measure.ts'

const exec = promisify(execFile)
const { resolve } = createRequire(import.meta.url)

/** Writes the lines of one tool: `n` makes its names its own. */
type Lines = (n: number) => string

type Kind = { readonly title: string; readonly schema: Lines; readonly read: Lines }

const input: Lines = (n) =>
  `export const in${n} = z.object({ a${n}: z.number(), b: z.string().optional(), c: z.enum(['x', 'y']) })`
const output: Lines = (n) => `export const out${n} = z.object({ total${n}: z.number() })`
const reading: Lines = (n) => `export const f${n} = ({ a${n}: a }: z.output<typeof in${n}>) => a`

const kinds: Readonly<Record<'input' | 'output', Kind>> = {
  input: { title: 'zod input', schema: input, read: reading },
  output: {
    title: 'zod input and output',
    schema: (n) => `${input(n)}\n${output(n)}`,
    read: (n) => `${reading(n)}\nexport const g${n} = (total${n}: number): z.input<typeof out${n}> => ({ total${n} })`,
  },
}

type Registering = { readonly head: string; readonly tool: (n: number, kind: keyof typeof kinds) => string }

const result = (n: number, kind: keyof typeof kinds): string => {
  const content = `content: [{ type: 'text' as const, text: String(a) }]`
  return kind === 'input' ? `{ ${content} }` : `{ ${content}, structuredContent: { total${n}: a } }`
}

const official = (from: string): Registering => ({
  head: `import { McpServer } from '${from}'\ndeclare const server: McpServer`,
  tool: (n, kind) => {
    const schemas = kind === 'input' ? `inputSchema: in${n}` : `inputSchema: in${n}, outputSchema: out${n}`
    return `server.registerTool('t${n}', { ${schemas} }, ({ a${n}: a }) => (${result(n, kind)}))`
  },
})

const subjects: readonly (readonly [Subject, Registering])[] = [
  [
    'parley',
    {
      head: `import { Server } from '@parley/server'\ndeclare const server: Server`,
      tool: (n, kind) =>
        kind === 'input'
          ? `server.tool('t${n}', { input: in${n} }, ({ a${n}: a }) => String(a))`
          : `server.tool('t${n}', { input: in${n}, output: out${n} }, ({ a${n}: a }) => ({ total${n}: a }))`,
    },
  ],
  ['official v2', official('@modelcontextprotocol/server')],
  ['official v1', official('@modelcontextprotocol/sdk/server/mcp.js')],
  [
    'tmcp',
    {
      head: `import { McpServer } from 'tmcp'\ndeclare const server: McpServer<z.ZodType>`,
      tool: (n, kind) => {
        const schemas = kind === 'input' ? `schema: in${n}` : `schema: in${n}, outputSchema: out${n}`
        return `server.tool({ name: 't${n}', description: 't', ${schemas} }, ({ a${n}: a }) => (${result(n, kind)}))`
      },
    },
  ],
]

const compilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  module: 'NodeNext',
  target: 'ES2023',
  lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable', 'ESNext.Disposable'],
  types: [],
  skipLibCheck: true,
  noEmit: true,
}

const instantiations = async (node: string, lines: readonly string[]): Promise<number> => {
  // Below the bench, so that its dependencies are found.
  const folder = cacheFolder('types')
  writeFileSync(join(folder, 'sample.mts'), `import * as z from 'zod'\n${lines.join('\n')}\n`)
  const config = join(folder, 'tsconfig.json')
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ['sample.mts'] }))
  const tsc = join(dirname(resolve('typescript/package.json')), 'bin/tsc')
  // One checker: with several, what they share is counted by each.
  const { stdout } = await exec(node, [tsc, '-p', config, '--extendedDiagnostics', '--singleThreaded'])
  return Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1] ?? Number.NaN)
}

const [few, many] = [20, 60] as const

/** What one more of something costs. The difference of two sizes leaves out what is paid once, however many follow. */
const eachOf = async (node: string, head: string, each: Lines): Promise<number> => {
  const of = (count: number): Promise<number> =>
    instantiations(node, [head, ...Array.from({ length: count }, (_each, n) => each(n))])
  return ((await of(many)) - (await of(few))) / (many - few)
}

const measureKind = async (name: keyof typeof kinds, settings: Settings): Promise<Cell> => {
  const { title, schema, read } = kinds[name]
  const own = await eachOf(settings.node, '', (n) => `${schema(n)}\n${read(n)}`)
  const series = []
  for (const [subject, { head, tool }] of settings.quick ? subjects.slice(0, 2) : subjects) {
    const whole = await eachOf(settings.node, head, (n) => `${schema(n)}\n${tool(n, name)}`)
    series.push({ subject, samples: [Math.round(whole - own)] })
  }
  return { id: `types/${name}`, title: `a tool with ${title}`, unit: 'count', series }
}

/** What one more tool costs the type checker beyond its schemas and the reading of their types. */
export const types: Measure = {
  id: 'types',
  title: 'Type instantiations for each tool, beyond what its schema and the type of it cost',
  async run(settings) {
    const cells = [await measureKind('input', settings)]
    if (!settings.quick) cells.push(await measureKind('output', settings))
    return cells
  },
}
