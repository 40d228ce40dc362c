// What one more registration costs the type checker, in type instantiations: beyond its schema declared alone, and
// beyond that schema with its type read, as any use of it would. Run it with `node checks/house/instantiations.mjs`;
// it prints a line per kind.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
// Below the server, so that its packages are found; nothing else looks there.
const folder = join(root, 'packages/server/node_modules/.instantiations')
const few = 40
const many = 80

const head = [
  `import { z } from 'zod'`,
  `import type { FromJsonSchema, StandardSchema, TemplateVariables } from '@parley/core'`,
  `import type { ToolRegistrar } from '../../src/features/tools.ts'`,
  `import type { PromptRegistrar } from '../../src/features/prompts.ts'`,
  `import type { ResourceRegistrar } from '../../src/features/resources.ts'`,
  `declare const tool: ToolRegistrar`,
  `declare const prompt: PromptRegistrar`,
  `declare const resource: ResourceRegistrar`,
  `type In<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input']`,
  `type Out<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output']`,
  `export type Used = [typeof z, In<StandardSchema>, FromJsonSchema<true>, TemplateVariables<''>]`,
]

const zod = (n) =>
  `export const in${n} = z.object({ a${n}: z.number(), b: z.string().optional(), c: z.enum(['x', 'y']) })`
const out = (n) => `export const out${n} = z.object({ total${n}: z.number() })`
const properties = (n) => `{ a${n}: { type: 'number' }, b: { type: 'string' }, c: { enum: ['x', 'y'] } }`
const json = (n) =>
  `export const in${n} = { type: 'object', properties: ${properties(n)}, required: ['a${n}', 'c'] } as const`

const kinds = {
  'a tool with zod input': {
    alone: zod,
    read: (n) => `export const f${n} = ({ a${n}: a }: Out<typeof in${n}>) => a`,
    registered: (n) => `tool('t${n}', { input: in${n} }, ({ a${n}: a }) => a)`,
  },
  'a tool with zod input and output': {
    alone: (n) => `${zod(n)}\n${out(n)}`,
    read: (n) => `export const f${n} = ({ a${n}: a }: Out<typeof in${n}>): In<typeof out${n}> => ({ total${n}: a })`,
    registered: (n) => `tool('t${n}', { input: in${n}, output: out${n} }, ({ a${n}: a }) => ({ total${n}: a }))`,
  },
  'a tool with JSON Schema input': {
    alone: json,
    read: (n) => `export const f${n} = ({ a${n}: a }: FromJsonSchema<typeof in${n}>) => a`,
    registered: (n) => `tool('t${n}', { input: in${n} }, ({ a${n}: a }) => a)`,
  },
  'a tool without arguments': {
    alone: (n) => `export const in${n} = ${n}`,
    read: (n) => `export const f${n} = () => in${n}`,
    registered: (n) => `tool('t${n}', () => in${n})`,
  },
  'a prompt with zod args': {
    alone: zod,
    read: (n) => `export const f${n} = ({ b }: Out<typeof in${n}>) => b`,
    registered: (n) => `prompt('p${n}', { args: in${n} }, ({ b }) => b ?? '')`,
  },
  'a resource template': {
    alone: (n) => `export const in${n} = 'a://{b${n}}/c{?d}'`,
    read: (n) => `export const f${n} = ({ b${n}: b }: TemplateVariables<typeof in${n}>) => b`,
    registered: (n) => `resource(in${n}, ({ b${n}: b }) => b)`,
  },
}

const instantiations = (lines) => {
  const file = join(folder, 'sample.ts')
  writeFileSync(file, `${[...head, ...lines].join('\n')}\n`)
  const compilerOptions = { incremental: false, types: [], noUnusedLocals: false }
  const config = { extends: join(root, 'tsconfig.test.json'), compilerOptions, files: [file] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  // One checker: with several, what they share is counted by each.
  const args = [tsc, '-p', join(folder, 'tsconfig.json'), '--extendedDiagnostics', '--singleThreaded']
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const [, count] = /^Instantiations:\s+(\d+)/m.exec(stdout) ?? []
  if (status !== 0 || count === undefined) throw new Error(`The sample does not compile:\n${stdout}`)
  return Number(count)
}

// The difference of two sizes leaves out what is paid once, however many follow.
const each = (...parts) => {
  const [less, more] = [few, many].map((size) =>
    instantiations(parts.flatMap((part) => Array.from({ length: size }, (_each, n) => part(n)))),
  )
  return (more - less) / (many - few)
}

mkdirSync(folder, { recursive: true })
try {
  for (const [name, { alone, read, registered }] of Object.entries(kinds)) {
    const cost = each(alone, registered)
    const [declared, used] = [each(alone), each(alone, read)]
    console.log(
      `${name}: ${Math.round(cost - declared)} beyond its declaration, ${Math.round(cost - used)} beyond its type`,
    )
  }
} finally {
  rmSync(folder, { recursive: true })
}
