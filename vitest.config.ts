import { defineConfig, mergeConfig } from 'vitest/config'
import { base } from './vitest.base.ts'

const build = './vitest.build.ts'

const project = (name: string, include: string[], globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, include, globalSetup },
})

export default mergeConfig(
  base,
  defineConfig({
    test: {
      projects: [
        project('packages', ['packages/*/test/**/*.test.ts']),
        project('apps', ['apps/*/test/**/*.test.ts'], [build]),
        project('roads', ['checks/roads/**/*.test.ts'], [build]),
        project('auth', ['checks/auth/**/*.test.ts'], [build]),
        project('house', ['checks/house/**/*.test.ts'], [build]),
        project('bench', ['checks/bench/test/**/*.test.ts']),
        project('tools', ['tools/*/test/**/*.test.ts']),
      ],
      coverage: { provider: 'v8', include: ['packages/*/src/**', 'apps/*/src/**'], reportsDirectory: 'coverage' },
    },
  }),
)
