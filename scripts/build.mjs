// Builds what a TypeScript project names, with all that it refers to, and the JavaScript of the packages. For tests and
// checks that start real processes; turbo builds each package by its own script.
//
//   node scripts/build.mjs [TSCONFIG]     tsconfig.build.json, unless another is named
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const compile = (config) =>
  new Promise((resolve, reject) => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const child = spawn(process.execPath, [tsc, '-b', config], { stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })

const bundleAll = async () => {
  for (const name of readdirSync(join(root, 'packages'))) await bundle(join(root, 'packages', name))
}

// The two read the sources and do not wait for one another: the compiler writes declarations, and judges.
const [code] = await Promise.all([compile(process.argv[2] ?? join(root, 'tsconfig.build.json')), bundleAll()])
process.exitCode = code
