import { describe, expect, it } from 'vitest'
import { isIgnored } from '../src/watch/files.ts'

describe('a change that starts a server anew', () => {
  it.each(['/bank/server.ts', '/bank/src/deep/tool.js', '/bank/.env', '/bank/package.json', '/bank/prompts/hello.md'])(
    '%s',
    (path) => {
      expect(isIgnored('/bank', path)).toBe(false)
    },
  )

  it.each([
    '/bank/node_modules/zod/index.js',
    '/bank/.git/index',
    '/bank/dist/server.js',
    '/bank/packages/a/build/x.js',
    '/bank/data.db',
    '/bank/data.sqlite-wal',
    '/bank/data.db-journal',
    '/bank/server.log',
    '/bank/.#server.ts',
    '/bank/server.ts~',
    '/bank/.server.ts.swp',
    '/bank/mcp.json.2026-01-02T03-04-05-678Z.bak',
  ])('is not one of %s', (path) => {
    expect(isIgnored('/bank', path)).toBe(true)
  })

  it('may lie in a folder that lies in such a folder', () => {
    expect(isIgnored('/home/ada/build/bank', '/home/ada/build/bank/server.ts')).toBe(false)
  })
})
