import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const tsc = fileURLToPath(new URL('./node_modules/typescript/bin/tsc', import.meta.url))
const done = Symbol.for('parley.vitest.built')
const memory: { [done]?: true } = globalThis

/**
 * Brings `dist` up to date before the first project whose tests start real processes. Node 20 runs no TypeScript, and
 * a test that spawned a stale build would prove nothing. Type errors are printed and left to `npm run types` to judge:
 * the compiler emits all the same.
 */
export const setup = (): void => {
  // Each project loads this module for itself, so the memory is the process's.
  if (memory[done]) return
  memory[done] = true
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-b', 'tsconfig.build.json'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  if (status !== 0) console.error(`The build has errors:\n${stdout}${stderr}`)
}
