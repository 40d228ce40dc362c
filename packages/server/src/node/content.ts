import { constants } from 'node:fs'
import type { Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AudioContent, EmbeddedResource, ImageContent } from '@parley/core'
import * as neutral from '../content.ts'
import type { ContentOptions, FileOptions } from '../content.ts'
import { checkSize } from '../content-source.ts'
import type { ContentSource } from '../content-source.ts'

/** Where bytes come from; a string is a path, relative to the working directory, and `file:` URLs are read too. */
export type NodeContentSource = string | { path: string; mimeType?: string } | ContentSource

/** `image` of `@parley/server`, of a path or `file:` URL as well. */
export const image = async (source: NodeContentSource, options: ContentOptions = {}): Promise<ImageContent> =>
  neutral.image(await opened(source, options.maxBytes), options)

/** `audio` of `@parley/server`, of a path or `file:` URL as well. */
export const audio = async (source: NodeContentSource, options: ContentOptions = {}): Promise<AudioContent> =>
  neutral.audio(await opened(source, options.maxBytes), options)

/** `file` of `@parley/server`, of a path or `file:` URL as well. */
export const file = async (source: NodeContentSource, options: FileOptions = {}): Promise<EmbeddedResource> =>
  neutral.file(await opened(source, options.maxBytes), options)

/**
 * The bytes of a regular file, and what it was.
 * @throws TypeError (by rejection) for what is no regular file, and for one with more than `maxBytes` (5,000,000 by default)
 */
export const readRegular = async (
  path: string,
  maxBytes?: number,
  flags = 0,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; stats: Stats }> => {
  // Opening a pipe that nobody writes to would wait for ever. Windows has no such flag.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | flags)
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw Object.assign(new TypeError(`${path} is no regular file`), { code: 'EISDIR' })
    checkSize(stats.size, maxBytes)
    const bytes = new Uint8Array(await handle.readFile())
    // It may have grown meanwhile.
    checkSize(bytes.length, maxBytes)
    return { bytes, stats }
  } finally {
    await handle.close()
  }
}

const opened = async (source: NodeContentSource, maxBytes: number | undefined): Promise<ContentSource> => {
  const path = pathOf(source)
  if (path === undefined) return source as ContentSource
  const { bytes } = await readRegular(path, maxBytes)
  const blob = new File([bytes], basename(path))
  return typeof source === 'object' && 'mimeType' in source ? { blob, mimeType: source.mimeType } : blob
}

const pathOf = (source: NodeContentSource): string | undefined => {
  if (typeof source === 'string') return source
  if (source instanceof URL) return source.protocol === 'file:' ? fileURLToPath(source) : undefined
  // With a second source, the neutral maker says what is wrong.
  if (!('path' in source) || 'data' in source || 'blob' in source || 'url' in source) return undefined
  return source.path
}
