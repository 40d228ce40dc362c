// Builds what the walk needs and runs it: `npm start`, from a fresh clone too.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fail, root, say, setup } from './setup.mjs'

const walk = join(root, 'apps', 'echo', 'dist', 'walk.js')

const build = () => {
  if (!existsSync(walk)) say('building …')
  const script = join(root, 'scripts', 'build.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'apps/echo'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status === 0) return true
  process.stderr.write(`${stdout}${stderr}`)
  fail('the build failed.', 'The lines above are what the compiler said.')
  return false
}

const run = () => {
  if (!existsSync(walk)) {
    fail('the walk is missing from the build: apps/echo/dist/walk.js.', 'It is built from apps/echo/src/walk.ts.')
    return
  }
  // The terminal sends its interrupt to both processes; this one waits for the walk to end in its own way.
  process.on('SIGINT', () => {})
  const child = spawn(process.execPath, [walk, ...process.argv.slice(2)], { stdio: 'inherit' })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
  })
}

if ((await setup()) && build()) run()
