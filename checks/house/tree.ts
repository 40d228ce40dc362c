import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const unread = new Set(['node_modules', 'dist', 'reports', 'coverage', '.git', '.turbo'])

/** A file of the repository: its path from the root, with forward slashes, and its text. */
export type SourceFile = { readonly path: string; readonly text: string }

/** What a `package.json` says, as far as the house asks. */
export type Manifest = {
  readonly name: string
  readonly private?: boolean
  readonly exports?: Record<string, unknown>
  readonly imports?: Record<string, Record<string, unknown>>
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

/** A workspace folder such as `packages/core`, with its manifest. */
export type Workspace = { readonly path: string; readonly manifest: Manifest }

/** Whether a path from the root exists. */
export const exists = (path: string): boolean => existsSync(join(root, path))

/** The text of a file, by its path from the root. */
export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** A `package.json`, by its folder's path from the root. */
export const manifestIn = (folder: string): Manifest => JSON.parse(read(`${folder}/package.json`))

// Tests that run at the same time come and go with folders of their own: what has vanished is no part of the tree.
const unlessVanished = <T>(look: () => T[]): T[] => {
  try {
    return look()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

const walk = (folder: string): string[] =>
  unlessVanished(() => readdirSync(folder, { withFileTypes: true })).flatMap((entry) => {
    if (unread.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return walk(path)
    return entry.isFile() ? [path] : []
  })

/** Every file below a folder, `''` for the whole repository, without what is installed or built. */
export const filesBelow = (folder: string): SourceFile[] =>
  walk(join(root, folder)).flatMap((path) =>
    unlessVanished(() => [{ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }]),
  )

const isGenerated = (path: string): boolean => path.endsWith('.gen.ts') || path.includes('/generated/')

/** The hand-written TypeScript below a folder. */
export const sourcesBelow = (folder: string): SourceFile[] =>
  filesBelow(folder).filter(({ path }) => path.endsWith('.ts') && !isGenerated(path))

/** Every workspace below one of the four folders that hold them. */
export const workspacesIn = (folder: 'packages' | 'apps' | 'checks' | 'tools'): Workspace[] =>
  readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => exists(`${path}/package.json`))
    .map((path) => ({ path, manifest: manifestIn(path) }))

/** Every dependency that a manifest names, of whatever kind. */
export const namedBy = (manifest: Manifest): string[] => [
  ...new Set(
    [manifest.dependencies, manifest.devDependencies, manifest.peerDependencies, manifest.optionalDependencies].flatMap(
      (kind) => Object.keys(kind ?? {}),
    ),
  ),
]

/** What a user's installation brings along: dependencies, peers and optional ones. */
export const shippedBy = ({ dependencies, peerDependencies, optionalDependencies }: Manifest): string[] =>
  [dependencies, peerDependencies, optionalDependencies].flatMap((kind) => Object.keys(kind ?? {}))
