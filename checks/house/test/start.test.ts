import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { at } from '../bundling.ts'

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'house', version: '1' } },
}
const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'add', arguments: { a: 1, b: 2 } } }

/** The files that a server loads while it answers these messages, each as `package/dist/…` where it is one of ours. */
const loadedFor = (...messages: readonly object[]): { answers: number; files: string[] } => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', at('loaded.mjs'), at('stdio-program.mjs')], {
    input: messages.map((message) => `${JSON.stringify(message)}\n`).join(''),
    encoding: 'utf8',
  })
  const files = stderr.split('\n').map((url) => url.replace(/^.*\/(?:packages|house)\//, ''))
  return { answers: stdout.trim().split('\n').length, files: files.toSorted() }
}

describe('a server on stdio', () => {
  it('loads one file for each package until it has answered initialize', () => {
    expect(loadedFor(initialize)).toEqual({
      answers: 1,
      files: [
        'core/dist/index.js',
        'protocol/dist/server.js',
        'server/dist/index.js',
        'stdio-program.mjs',
        'transports/dist/stdio/server.js',
      ],
    })
  })

  it('loads ajv with the first arguments that a JSON Schema has to check', () => {
    const { answers, files } = loadedFor(initialize, call)
    expect(answers).toBe(2)
    expect(files).toContain('core/dist/ajv.js')
    expect(files.filter((file) => file.startsWith('core/') || file.startsWith('protocol/'))).toHaveLength(3)
  })
})
