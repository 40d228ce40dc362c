import { watch } from 'chokidar'
import { dirname, relative, sep } from 'node:path'

// What a save of the user's never is: installed packages, histories, what builds and tests write, databases at work.
const ignoredFolders = new Set([
  'node_modules',
  '.git',
  '.hg',
  'dist',
  'build',
  'out',
  'coverage',
  '.cache',
  '.turbo',
  '.next',
])
const ignoredFiles = /(?:^\.#|~$|\.(?:db|sqlite3?|db3|log|tsbuildinfo|swp|tmp|bak)(?:-(?:wal|shm|journal))?$)/

/** Whether a change of a file is worth a new start. */
export const isIgnored = (folder: string, path: string): boolean => {
  const parts = relative(folder, path).split(sep)
  if (parts.some((part) => ignoredFolders.has(part))) return true
  return ignoredFiles.test(parts.at(-1) ?? '')
}

/** Watches the folder of a file; disposing stops it. */
export type Watching = AsyncDisposable & {
  /** Settles when changes are seen from now on. */
  readonly ready: Promise<void>
}

// Editors write a file in several steps, and tools several files at once.
const settled = 120

/** Calls back once after each burst of changes below the folder that a file lies in, with one of the paths. */
export const watchAround = (path: string, changed: (path: string) => void): Watching => {
  const folder = dirname(path)
  const watcher = watch(folder, {
    ignoreInitial: true,
    ignored: (each) => each !== folder && isIgnored(folder, each),
  })
  let timer: NodeJS.Timeout | undefined
  watcher.on('all', (event, each) => {
    if (event === 'addDir' || event === 'unlinkDir') return
    clearTimeout(timer)
    timer = setTimeout(() => changed(each), settled)
  })
  watcher.on('error', (error) => process.stderr.write(`parley: ${String(error)}\n`))
  return {
    ready: new Promise((resolve) => watcher.once('ready', () => resolve())),
    async [Symbol.asyncDispose]() {
      clearTimeout(timer)
      await watcher.close()
    },
  }
}
