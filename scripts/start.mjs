// Builds what a program needs and runs it, from a fresh clone too.
//
//   npm start           the inspector, on the echo server
//   npm run tour        a client and the echo server talk, in both eras, and you watch
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fail, root, say, setup } from './setup.mjs'

const programs = {
  inspector: {
    config: 'tsconfig.build.json',
    file: 'packages/cli/dist/main.js',
    args: ['dev', 'apps/echo/dist/server.js:createEcho'],
  },
  tour: { config: 'apps/echo', file: 'apps/echo/dist/walk.js', args: [] },
}

const [name = 'inspector', ...more] = process.argv.slice(2)
const { config, file, args } = programs[name] ?? programs.inspector
const program = join(root, file)

const build = () => {
  if (!existsSync(program)) say('building …')
  const script = join(root, 'scripts', 'build.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, config], { cwd: root, encoding: 'utf8' })
  if (status === 0) return true
  process.stderr.write(`${stdout}${stderr}`)
  fail('the build failed.', 'The lines above are what the compiler said.')
  return false
}

const run = () => {
  if (!existsSync(program)) {
    fail(`${file} is missing from the build.`, 'Remove its dist folder, and start again.')
    return
  }
  // The terminal sends its interrupt to both processes; this one waits for the other to end in its own way.
  process.on('SIGINT', () => {})
  const child = spawn(process.execPath, [program, ...args, ...more], { cwd: root, stdio: 'inherit' })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
  })
}

if ((await setup()) && build()) run()
