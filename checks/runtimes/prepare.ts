import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { binary } from '../../scripts/toolbox.mjs'
import type { Runtime } from '../../scripts/toolbox.mjs'
import { block, blocks, command } from './page.ts'

/** Where a runtime lies, or why there is none. */
export type Found = { readonly path: string } | { readonly why: string }

declare module 'vitest' {
  interface ProvidedContext {
    runtimes: Readonly<Record<Runtime, Found>>
  }
}

const here = import.meta.dirname

/** Writes the programs of the page beside the fixtures that they import, and bundles the one that wants it. */
const writePrograms = (): void => {
  const folder = join(here, 'dist')
  for (const name of blocks.keys()) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    if (/\.\w+$/.test(name)) writeFileSync(path, block(name))
  }
  const { program, args } = command('bundle')
  const shell = process.platform === 'win32'
  execFileSync(join(here, 'node_modules', '.bin', program), args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 2],
    shell,
  })
}

const find = (name: Runtime): Promise<Found> =>
  binary(name).then(
    (path) => ({ path }),
    (error: Error) => ({ why: error.message }),
  )

/** Fetches the runtimes and makes the programs, once for all tests. */
export const setup = async (project: TestProject): Promise<void> => {
  const names = ['node22', 'node24', 'bun', 'deno', 'workerd'] as const
  const [node22, node24, bun, deno, workerd] = await Promise.all([
    find('node22'),
    find('node24'),
    find('bun'),
    find('deno'),
    find('workerd'),
  ])
  const runtimes = { node22, node24, bun, deno, workerd }
  project.provide('runtimes', runtimes)
  for (const name of names) {
    const found = runtimes[name]
    if ('why' in found) console.error(`${name} is not run: ${found.why}`)
  }
  writePrograms()
}
