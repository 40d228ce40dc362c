/** Who may share a cached result: anyone, or only those with the same authorization. */
export type CacheScope = 'public' | 'private'

/** How long a result stays fresh and who may share it (server/utilities/caching). Absent: not cached. */
export type CacheHints = {
  /** Milliseconds from receipt; absent or negative counts as 0. */
  ttlMs?: number
  cacheScope?: CacheScope
}
