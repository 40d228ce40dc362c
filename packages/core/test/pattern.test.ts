import { describe, expect, it } from 'vitest'
import { compilePattern } from '../src/pattern.ts'

const SOURCES = [
  '', 'abc', '^abc$', 'a|b|', '^(?:a|b)+c?$', '^a{2}$', '^a{2,}$', '^a{1,3}$', '^a{0}$', 'x*?y', '^(a*)*b$', '^.$', '^\\d{3}-\\d{4}$',
  '[^a-c\\d]', '[\\]x]', '[^]', '[]', '^[\\w.+-]+@[\\w-]+\\.[\\w.]+$', '\\bfoo\\b', '\\Boo', '^\\p{L}+$', '\\u{1f600}', '\\u0041', '\\x41',
  '^[a-z0-9]+(?:-[a-z0-9]+)*$', '^(?=.*\\d)(?=.*[a-z]).{4,8}$', '^(?!.*\\.\\.)[a-z.]+$', '(?<=\\$)\\d+', '(?<!\\$)\\b\\d+', '(?<name>a)b',
  '^(?:(?!ab).)*$', '(?=a(?!b))a.', 'a\\/b', '\\-', '[\\-a]', '^\\s*$', '$^', '(?:)', '(a|ab)(c|bcd)(d*)', 'a{', '\\.', '^\u{1f600}?$', '[\u{1f600}x]$',
  '(?<=a(?=b)).', '(?<=^ab|c)d', '^(?:a?){3}a{3}$', 'a{2,1}'.replace('2,1', '1,2'), '\\cJ', '\\0', '\\t',
] // prettier-ignore

const TEXTS = [
  '', 'a', 'b', 'c', 'ab', 'abc', 'xabcx', 'aaa', 'aaaa', 'aab', 'xxxy', '555-1234', 'd5', ']', 'me.x@host.co.uk', 'a foo b', 'food', 'éa', 'A',
  '\u{1f600}', 'a-b-c', 'a--b', 'abc1', '12345678a', 'a..b', 'a.b', '$42', '42', '$4 2', 'zab', 'ac', 'a/b', '-', ' \n\t', 'abcd', 'a{', '.', 'cd', 'abd', '\n', '\0',
] // prettier-ignore

const native = (source: string): RegExp => {
  try {
    return new RegExp(source, 'u')
  } catch {
    return new RegExp(source)
  }
}

describe('compilePattern', () => {
  it.each(SOURCES)('agrees with the platform on %j', (source) => {
    const pattern = compilePattern(source)
    const expected = native(source)
    const differing = TEXTS.filter((text) => pattern.test(text) !== expected.test(text))
    expect(differing).toEqual([])
  })

  it.each<[string, string]>([
    ['^(a+)+$', `${'a'.repeat(100_000)}!`],
    ['^(a|a)*$', `${'a'.repeat(100_000)}!`],
    ['^(a|aa)+$', `${'a'.repeat(100_000)}!`],
    ['^(.*)*x$', 'a'.repeat(100_000)],
    ['\\s+$', `${' '.repeat(100_000)}x`],
    ['\\S+@\\S+', 'x'.repeat(100_000)],
    ['^(?=(a+)+$)', `${'a'.repeat(100_000)}!`],
    ['(?<=(a*)*b)c', 'a'.repeat(100_000)],
  ])('SEC-REDOS-1: answers %s on a hundred thousand characters without going back', (source, text) => {
    expect(compilePattern(source).test(text)).toBe(false)
  })

  it('gives up on a text that takes too many steps, and calls it no match', () => {
    const pattern = compilePattern('(?:a?){4000}b')
    expect(pattern.test('aab')).toBe(true)
    expect(pattern.test(`${'a'.repeat(100_000)}b`)).toBe(false)
  })

  it.each([
    ['(', 'Invalid'],
    ['(a)\\1', 'back references'],
    ['(?<n>a)\\k<n>', 'back references'],
    ['(?:(?:a{200}){200}){200}', 'repeats too much'],
    ['a'.repeat(10_001), 'may have 10000 characters'],
    ['('.repeat(101) + ')'.repeat(101), 'may nest 100 groups'],
    ['('.repeat(4000) + ')'.repeat(4000), 'attern'],
  ])('refuses %.20s', (source, message) => {
    expect(() => compilePattern(source)).toThrow(TypeError)
    expect(() => compilePattern(source)).toThrow(message)
  })

  it('writes its source', () => {
    expect(compilePattern('^a$').toString()).toBe('^a$')
  })
})
