import { constants } from 'node:fs'
import { lstat, readdir, realpath } from 'node:fs/promises'
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { decodeUtf8, mimeFromExtension, resourceNotFound, sniffMime } from '@parley/core'
import { isTextual } from '../content-source.ts'
import type { PartialContents } from '../features/resource-contents.ts'
import type { ListedResource, ResourceOptions, ResourceSettings } from '../features/resources.ts'
import { readRegular } from './content.ts'

/** What `server.resource(...)` takes, ready to be spread into it. */
export type ReadyResource<Variables> = [
  uri: string,
  options: ResourceOptions,
  handler: (variables: Variables) => Promise<PartialContents>,
]

/** How a file is offered. */
export type FileResourceOptions = ResourceSettings & {
  /** @default the `file:` URL */
  uri?: string
  /** The most bytes that are read. @default 5_000_000 */
  maxBytes?: number
}

/** How a directory is offered. */
export type DirectoryResourceOptions = ResourceSettings & {
  /** Whether names that begin with a dot are listed and read, `.env` among them. @default false */
  hidden?: boolean
  /** The most files that are listed. @default 1_000 */
  limit?: number
  /** The most bytes of a file that are read. @default 5_000_000 */
  maxBytes?: number
}

/**
 * One file, as a resource: text if its bytes are, else a blob.
 * @throws TypeError for a path that is not absolute
 * @example
 * server.resource(...fileResource('/etc/hosts'))
 */
export const fileResource = (path: string, options: FileResourceOptions = {}): ReadyResource<object> => {
  checkAbsolute(path)
  const { uri = pathToFileURL(path).href, maxBytes, ...settings } = options
  const read = async (): Promise<PartialContents> => {
    const { bytes } = await readRegular(path, maxBytes).catch(missing(uri))
    return contentsOf(bytes, path, settings.mimeType)
  }
  return [uri, { name: basename(path), ...settings }, read]
}

/**
 * Every file below a directory, listed and read; links that lead out of it are not followed.
 * @throws TypeError for a path that is not absolute
 * @example
 * server.resource(...directoryResource('/srv/handbook'))
 */
export const directoryResource = (
  path: string,
  options: DirectoryResourceOptions = {},
): ReadyResource<{ path?: string | string[] }> => {
  checkAbsolute(path)
  const { hidden = false, limit = 1_000, maxBytes, ...settings } = options
  const root = resolve(path)
  const list = async (): Promise<ListedResource[]> =>
    (await filesBelow(root, hidden, limit)).map((name) => listed(root, name))
  const read = async ({ path: given = '' }: { path?: string | string[] }): Promise<PartialContents> => {
    const asked = String(given)
    const uri = pathToFileURL(join(root, asked)).href
    const inside = await within(root, asked, hidden).catch(missing(uri))
    if (inside === undefined) throw resourceNotFound(uri)
    const { bytes, stats } = await readRegular(inside, maxBytes, NO_FOLLOW).catch(missing(uri))
    // A folder on the way may have been swapped for a link between the check and the opening.
    const [again, now] = await Promise.all([within(root, asked, hidden), lstat(inside)]).catch(missing(uri))
    if (again !== inside || now.ino !== stats.ino || now.dev !== stats.dev) throw resourceNotFound(uri)
    return contentsOf(bytes, inside, settings.mimeType)
  }
  return [`${pathToFileURL(root).href}/{+path}`, { name: basename(root), list, ...settings }, read]
}

// The path was resolved; a link that stands there by now was put there since. Windows has no such flag.
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

const checkAbsolute = (path: string): void => {
  if (!isAbsolute(path)) throw new TypeError(`${path} is no absolute path; a server is started from anywhere`)
}

const missing =
  (uri: string) =>
  (error: unknown): never => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const absent = code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'EISDIR'
    throw absent ? resourceNotFound(uri) : error
  }

/** The real path of a file below a root; undefined for what lies outside, or is hidden. */
const within = async (root: string, asked: string, hidden: boolean): Promise<string | undefined> => {
  const [base, target] = await Promise.all([realpath(root), realpath(join(root, asked))])
  const names = relative(base, target)
  // Compared by segments: `/srv-old` begins like `/srv`.
  const segments = names.split(sep)
  if (names === '' || isAbsolute(names) || segments[0] === '..') return undefined
  return !hidden && [...segments, ...asked.split(/[/\\]/)].some(isHidden) ? undefined : target
}

const isHidden = (name: string): boolean => name.startsWith('.')

const filesBelow = async (root: string, hidden: boolean, limit: number): Promise<string[]> => {
  const found: string[] = []
  const folders = ['']
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true })
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length >= limit) return found
      if (!hidden && isHidden(entry.name)) continue
      const name = join(folder, entry.name)
      if (entry.isDirectory()) folders.push(name)
      else if (entry.isFile()) found.push(name)
    }
  }
  return found
}

const listed = (root: string, name: string): ListedResource => {
  const mimeType = mimeFromExtension(name)
  const uri = pathToFileURL(join(root, name)).href
  return { uri, name: name.split(sep).join('/'), ...(mimeType !== undefined && { mimeType }) }
}

const contentsOf = (bytes: Uint8Array, path: string, declared: string | undefined): PartialContents => {
  const mimeType = declared ?? sniffMime(bytes) ?? mimeFromExtension(path)
  const text = mimeType === undefined || isTextual(mimeType) ? textOf(bytes) : undefined
  if (text !== undefined) return { mimeType: mimeType ?? 'text/plain', text }
  return { mimeType: mimeType ?? 'application/octet-stream', blob: bytes }
}

const textOf = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined
  try {
    return decodeUtf8(bytes)
  } catch {
    return undefined
  }
}
