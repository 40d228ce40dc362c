import { defineConfig, mergeConfig } from 'vitest/config'
import { base } from '../../vitest.base.ts'

// Times are measured here, so nothing runs beside anything else.
export default mergeConfig(
  base,
  defineConfig({
    test: {
      name: 'web',
      root: import.meta.dirname,
      // The pages are served as they are built, by programs as they are installed.
      globalSetup: ['../../vitest.build.ts'],
      include: ['test/**/*.test.ts'],
      fileParallelism: false,
      testTimeout: 20_000,
      hookTimeout: 30_000,
    },
  }),
)
