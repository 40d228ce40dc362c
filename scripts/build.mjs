// Builds what a TypeScript project names, with all that it refers to, and the JavaScript of the packages. For tests and
// checks that start real processes; turbo builds each package by its own script.
//
//   node scripts/build.mjs [TSCONFIG]     tsconfig.build.json, unless another is named
//
// Ends with the compiler's own code, and with 70 when there is no JavaScript that could be run.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const compile = (config) =>
  new Promise((resolve, reject) => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const child = spawn(process.execPath, [tsc, '-b', config], { stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })

const bundleAll = async () => {
  const { bundle } = await import('./bundle.mjs')
  for (const name of readdirSync(join(root, 'packages'))) await bundle(join(root, 'packages', name))
  // The page of an app, which makes it of the packages' sources.
  await import('../apps/sqlite/scripts/page.mjs')
}

// The two read the sources and do not wait for one another: the compiler writes declarations, and judges.
const compiling = compile(process.argv[2] ?? join(root, 'tsconfig.build.json'))
const failure = await bundleAll().catch((error) => error)
const code = await compiling
if (failure !== undefined) console.error(failure, '\nRun `npm run setup` if a package is missing.')
process.exitCode = failure === undefined ? code : 70
