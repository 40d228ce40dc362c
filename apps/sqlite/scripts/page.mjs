// Makes the page's script: one file with all that it imports, our own packages from their sources.
//
//   node scripts/page.mjs
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

const build = await rolldown({
  input: at('../src/look/page/main.ts'),
  platform: 'browser',
  resolve: { conditionNames: ['@parley/source', 'browser', 'import', 'default'] },
  plugins: [
    {
      // The page checks what it reads by hand, and code from strings, which this makes, is forbidden there.
      name: 'without-ajv',
      load: (id) =>
        /[\\/]core[\\/]src[\\/]ajv\.ts$/.test(id)
          ? "export const ajvValidator = () => { throw new Error('This page interprets no schemas') }"
          : null,
    },
  ],
  onLog: (_, log) => {
    // Whatever is left of Node shows as an import that cannot be resolved.
    throw new Error(log.message)
  },
})
const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false })
await build.close()
const [{ code }] = output
mkdirSync(at('../dist/look/'), { recursive: true })
writeFileSync(at('../dist/look/page.js'), code)
console.log(`page.js: ${code.length} bytes, ${gzipSync(code).length} with gzip`)
