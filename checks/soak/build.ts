import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url))

/** Builds what the checks here start as processes of their own, and all that it needs. */
export const setup = (): void => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'tsconfig.fixtures.json'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  const report = `The build has errors:\n${stdout}${stderr}`
  // Without JavaScript that could be run, every process that is started here would only be waited for.
  if (status === null || status === 70) throw new Error(report)
  if (status !== 0) console.error(report)
}
