import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** The absolute path of one of this package's own entries, such as `main`. */
export const entryPath = (name: string): string => fileURLToPath(new URL(`./${name}${ending}`, import.meta.url))

/** The command that runs a target with this very program: absolute, for hosts start servers with hardly any PATH. */
export const runCommand = (...words: string[]): [command: string, args: string[]] => [
  process.execPath,
  [entryPath('main'), 'run', ...words],
]

const packageFile = new URL('../package.json', import.meta.url)

/** This package's version, as its manifest has it. */
export const ownVersion = (): string => {
  if (!existsSync(packageFile)) return '0.0.0'
  const manifest: unknown = JSON.parse(readFileSync(packageFile, 'utf8'))
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined
  return typeof version === 'string' ? version : '0.0.0'
}
