import { stdio } from '@parley/transports/stdio/client'
import { describe, expect, it } from 'vitest'
import { command, block } from '../page.ts'
import { folder, hosts } from '../places.ts'
import { expected, versions } from '../expected.ts'
import { visit } from '../fixtures/visit.ts'

describe.each(hosts)('echo over stdio under $title', ({ path = '', serve }) => {
  const args = serve === 'deno' ? command('deno-stdio').args : ['stdio.js']

  it.skipIf(path === '').each(versions)('serves in %s', async (version) => {
    expect(block('stdio.js')).toContain('serveStdio(server)')
    let said = ''
    const target = stdio(path, args, { cwd: folder, stderr: (chunk) => (said += chunk) })
    expect(await visit(target, version)).toEqual(expected(version, 'stdio'))
    expect(said).toBe('')
  })
})
