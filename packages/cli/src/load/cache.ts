import { homedir } from 'node:os'
import { join } from 'node:path'

/** What a machine says about where caches go. */
export type CachePlace = {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

const here = (): CachePlace => ({ platform: process.platform, home: homedir(), env: process.env })

/** The folder that belongs to this program, and may be deleted at any time when nothing runs. */
export const cacheFolder = ({ platform, home, env }: CachePlace = here()): string => {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'parley', 'Cache')
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'parley')
  return platform === 'darwin' ? join(home, 'Library', 'Caches', 'parley') : join(home, '.cache', 'parley')
}
