import { relative } from 'node:path'
import { staleFiles, writeFiles } from './generate.mjs'

if (process.argv.includes('--check')) {
  const stale = staleFiles()
  for (const file of stale) console.error(`${relative(process.cwd(), file)} is stale; run \`generate\``)
  process.exitCode = stale.length > 0 ? 1 : 0
} else {
  writeFiles()
}
