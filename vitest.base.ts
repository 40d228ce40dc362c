import { fileURLToPath } from 'node:url'
import type { ViteUserConfig } from 'vitest/config'

// A list of conditions replaces the defaults, so they are repeated after ours: sibling packages resolve to their
// source, and no test needs a build.
const conditions = ['@parley/source', 'module', 'node', 'development|production']

/** What every vitest run in this repository shares. */
export const base: ViteUserConfig = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    environment: 'node',
    setupFiles: [fileURLToPath(new URL('./vitest.setup.ts', import.meta.url))],
    restoreMocks: true,
    unstubGlobals: true,
  },
}
