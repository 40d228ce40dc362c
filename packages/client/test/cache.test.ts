import { describe, expect, it } from 'vitest'
import { cacheKey, ResponseCache } from '../src/cache.ts'

const keep = (cache: ResponseCache, name: string, extra = ''): void =>
  cache.set(name, 'tools/list', {}, { name, extra, ttlMs: 1000 }, cache.changes)

describe('the cache', () => {
  it('A2: names a result by method and params, in any order of members', () => {
    expect(cacheKey('a', { x: 1, y: 2 })).toBe(cacheKey('a', { y: 2, x: 1 }))
    expect(cacheKey('a', { x: 1 })).not.toBe(cacheKey('a', { x: '1' }))
    expect(cacheKey('a', {})).not.toBe(cacheKey('b', {}))
  })

  it('lets the least recently used go first', () => {
    const cache = new ResponseCache({ entries: 2 })
    keep(cache, 'a')
    keep(cache, 'b')
    expect(cache.get('a')).toMatchObject({ name: 'a' })
    keep(cache, 'c')
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toMatchObject([{ name: 'a' }, undefined, { name: 'c' }])
  })

  it('counts the keys, which a server may have made long', () => {
    const cache = new ResponseCache({ characters: 600 })
    const set = (key: string): void => cache.set(key, 'tools/list', {}, { ttlMs: 1000 }, cache.changes)
    const keys = ['a'.repeat(400), 'b'.repeat(400), 'c'.repeat(600)]
    keys.forEach(set)
    expect(keys.map((key) => cache.get(key) !== undefined)).toEqual([false, true, false])
  })

  it('holds no more text than it may, and no result that is larger', () => {
    const cache = new ResponseCache({ characters: 120 })
    keep(cache, 'a', 'x'.repeat(40))
    keep(cache, 'b', 'x'.repeat(40))
    expect(cache.get('a')).toBeUndefined()
    expect(cache.get('b')).toBeDefined()
    keep(cache, 'c', 'x'.repeat(400))
    expect(cache.get('c')).toBeUndefined()
    expect(cache.get('b')).toBeDefined()
  })
})
