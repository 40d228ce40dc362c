import type { JsonObject } from '../json.ts'
import type { CacheHints } from './caching.ts'
import type { Annotations, Icon, ResourceContents } from './content.ts'
import type { Cursor } from './pagination.ts'

/** Something a server can read for its clients (server/resources). */
export type Resource = {
  uri: string
  name: string
  title?: string | undefined
  description?: string | undefined
  mimeType?: string | undefined
  /** Bytes, before any encoding. */
  size?: number | undefined
  icons?: Icon[]
  annotations?: Annotations | undefined
  _meta?: JsonObject | undefined
}

/** A family of resources, by URI template. */
export type ResourceTemplate = {
  /** RFC 6570. */
  uriTemplate: string
  name: string
  title?: string | undefined
  description?: string | undefined
  /** Of every resource that matches; absent when they differ. */
  mimeType?: string | undefined
  icons?: Icon[]
  annotations?: Annotations | undefined
  _meta?: JsonObject | undefined
}

/** One page of a server's resources. */
export type ListResourcesResult = CacheHints & {
  resources: Resource[]
  /** Present when there is more, even if it is the empty string. */
  nextCursor?: Cursor
  _meta?: JsonObject | undefined
}

/** One page of a server's resource templates. */
export type ListResourceTemplatesResult = CacheHints & {
  resourceTemplates: ResourceTemplate[]
  /** Present when there is more, even if it is the empty string. */
  nextCursor?: Cursor
  _meta?: JsonObject | undefined
}

/** Which resource to read, watch or stop watching. */
export type ResourceParams = {
  uri: string
}

/** What a resource holds; one read may give several contents. */
export type ReadResourceResult = CacheHints & {
  contents: ResourceContents[]
  _meta?: JsonObject | undefined
}
