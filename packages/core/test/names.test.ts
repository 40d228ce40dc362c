import { describe, expect, it } from 'vitest'
import { displayName, extensionIdFault, isReservedKey, metaKeyFault } from '../src/index.ts'

describe('a _meta key', () => {
  it.each([
    'name',
    'a',
    '',
    'com.example/',
    'com.example/key',
    'a-b.c1/x_y.z-0',
    'traceparent',
    'progressToken',
    'x/1',
  ])('B16: %j is one', (key) => expect(metaKeyFault(key)).toBeUndefined())

  it.each([
    '-a',
    'a-',
    'é',
    'a b',
    '/a',
    '1com/a',
    'com./a',
    'com.example-/a',
    'com..x/a',
    'a/b/c',
    '__proto__',
    'x/.y',
  ])('B16: %j is none', (key) => expect(metaKeyFault(key)).toContain(JSON.stringify(key).slice(1, -1)))

  it('B16: is reserved when the second label of its prefix says so, and only then', () => {
    const reserved = ['io.modelcontextprotocol/x', 'dev.mcp/', 'org.modelcontextprotocol.api/x', 'com.mcp.tools/x']
    expect(reserved.map(isReservedKey)).toEqual([true, true, true, true])
    expect(['com.example.mcp/x', 'mcp/x', 'x', 'io.mcp'].map(isReservedKey)).toEqual([false, false, false, false])
  })
})

describe('an extension id', () => {
  it('B17: must have a prefix', () => {
    expect(extensionIdFault('com.example/thing')).toBeUndefined()
    expect(extensionIdFault('thing')).toContain('no prefix')
    expect(extensionIdFault('-/thing')).toContain('no proper prefix')
  })
})

describe('displayName', () => {
  it('O10: prefers the title, then the title of the annotations, then the name', () => {
    expect(displayName({ name: 'n', title: 't', annotations: { title: 'a' } })).toBe('t')
    expect(displayName({ name: 'n', annotations: { title: 'a' } })).toBe('a')
    expect(displayName({ name: 'n', annotations: {} })).toBe('n')
  })
})
