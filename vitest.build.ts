import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

const root = import.meta.dirname
const script = join(root, 'scripts', 'build.mjs')
const memory: { [done: symbol]: true } = globalThis

const build = (config: string): void => {
  // Each project loads this module for itself, so what is done is remembered by the process.
  const done = Symbol.for(`parley.vitest.built.${config}`)
  if (memory[done]) return
  memory[done] = true
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, config], { cwd: root, encoding: 'utf8' })
  const report = `The build has errors:\n${stdout}${stderr}`
  // Without JavaScript that could be run, every process that is started here would only be waited for.
  if (status === null || status === 70) throw new Error(report)
  if (status !== 0) console.error(report)
}

/**
 * Brings `dist` up to date before the first project whose tests start real processes, and the fixtures of
 * `checks/NAME/tsconfig.fixtures.json` for the project of that name. Node 20 runs no TypeScript, and a test that spawned
 * a stale build would prove nothing. Type errors are printed and left to `npm run types` to judge: the compiler emits
 * all the same.
 */
export const setup = ({ name }: TestProject): void => {
  build('tsconfig.build.json')
  const fixtures = `checks/${name}/tsconfig.fixtures.json`
  if (existsSync(join(root, fixtures))) build(fixtures)
}
