import { defineConfig, mergeConfig } from 'vitest/config'
import { base } from '../../vitest.base.ts'

// What is measured here is the machine's time, so one file runs at once and nothing else beside it.
export default mergeConfig(
  base,
  defineConfig({
    test: {
      name: 'soak',
      root: import.meta.dirname,
      globalSetup: ['./build.ts'],
      include: ['test/**/*.test.ts'],
      fileParallelism: false,
      disableConsoleIntercept: true,
      testTimeout: 300_000,
      hookTimeout: 60_000,
    },
  }),
)
