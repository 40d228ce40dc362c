import { describe, expect, it } from 'vitest'
import { selfOf } from '../src/options.ts'

describe('what a client says of itself', () => {
  it('B17: holds no extension without a prefix, and none at all unless told', () => {
    const info = { name: 'test', version: '1.0.0' }
    expect(() => selfOf({ ...info, capabilities: { extensions: { thing: {} } } }, 'modern')).toThrow('no prefix')
    const named = { extensions: { 'com.example/thing': { a: 1 } } }
    expect(selfOf({ ...info, capabilities: named }, 'modern').capabilities).toEqual(named)
    expect(selfOf(info, 'modern').capabilities).toEqual({})
  })
})
