import { defineConfig, mergeConfig } from 'vitest/config'
import { base } from '../../vitest.base.ts'

// Runtimes are processes with a start-up of their own, so they get more time than a unit test and run apart from it.
export default mergeConfig(
  base,
  defineConfig({
    test: {
      name: 'runtimes',
      root: import.meta.dirname,
      globalSetup: ['../../vitest.build.ts', './prepare.ts'],
      include: ['test/**/*.test.ts'],
      testTimeout: 20_000,
      hookTimeout: 20_000,
    },
  }),
)
