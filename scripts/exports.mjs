// Looks at every package as its users will get it: packed, with publint for the manifest and attw for the types.
// What is packed must be built first.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => join(root, 'node_modules', '.bin', name)

const run = (command, args, cwd) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd, shell: process.platform === 'win32' })
    let output = ''
    const take = (chunk) => {
      output += chunk
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })

const publicPackages = () =>
  ['packages', 'apps']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
    .map((path) => ({ path, manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => !manifest.private)

const check = async ({ path, manifest }, folder) => {
  const own = mkdtempSync(join(folder, 'pack-'))
  const packed = await run(bin('pnpm'), ['pack', '--pack-destination', own], path)
  if (packed.code !== 0) return [packed]
  const [tarball] = readdirSync(own)
  const looks = [await run(bin('publint'), ['run', join(own, tarball), '--strict'], path)]
  // A package without exports has no types that anybody could import.
  if (manifest.exports)
    looks.push(await run(bin('attw'), [join(own, tarball), '--profile', 'esm-only', '--no-emoji'], path))
  return looks
}

const folder = mkdtempSync(join(tmpdir(), 'parley-exports-'))
let failed = 0
try {
  for (const one of publicPackages()) {
    const bad = (await check(one, folder)).filter(({ code }) => code !== 0)
    console.log(`${bad.length === 0 ? 'ok' : 'not ok'} ${one.manifest.name}`)
    for (const { output } of bad) console.log(output)
    failed += bad.length
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failed === 0 ? 0 : 1
