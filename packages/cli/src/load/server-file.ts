import { basename } from 'node:path'
import { findServer } from './find.ts'
import type { Served } from './find.ts'
import { importFile, loadFailure, prepareLoader } from './loader.ts'
import type { Extras } from './loader.ts'

/** A file that was loaded: the server that it exports, or none because it serves by itself. */
export type Loaded = { readonly server: Served } | { readonly server: undefined; readonly serves: boolean }

/** Whether the code that was just loaded has begun to serve: it reads stdin, or listens on a port. */
const servesByItself = (): boolean =>
  process.stdin.listenerCount('data') > 0 ||
  process.stdin.listenerCount('readable') > 0 ||
  process.getActiveResourcesInfo().includes('TCPServerWrap')

/** Loads a file and finds its server. @throws Failure for a file that is broken or has none */
export const loadServer = async (path: string, named: string | undefined, extras?: Extras): Promise<Loaded> => {
  await prepareLoader(path, extras)
  const exports = await importFile(path)
  if (servesByItself()) return { server: undefined, serves: true }
  // A file that exports nothing may be about to serve; when it has nothing more to do, it was not.
  if (named === undefined && Object.keys(exports).length === 0) return { server: undefined, serves: false }
  try {
    return { server: await findServer(exports, basename(path), named) }
  } catch (error) {
    throw loadFailure(error, path)
  }
}
