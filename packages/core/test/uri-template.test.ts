import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compareSpecificity, sameShape, UriTemplate, type TemplateValue } from '../src/uri-template.ts'

type Vectors = Record<string, { variables: Record<string, TemplateValue>; testcases: [string, string | string[]][] }>

const read = (file: string): [string, string, string | string[], Record<string, TemplateValue>][] => {
  const url = new URL(`../../../../shared/vectors/uri-template/${file}`, import.meta.url)
  if (!existsSync(url)) return []
  const vectors: Vectors = JSON.parse(readFileSync(url, 'utf8'))
  return Object.entries(vectors).flatMap(([section, { variables, testcases }]) =>
    testcases.map(([template, expected]): [string, string, string | string[], Record<string, TemplateValue>] => [
      section,
      template,
      expected,
      variables,
    ]),
  )
}

const cases = [...read('spec-examples.json'), ...read('spec-examples-by-section.json')]

const match = (template: string, uri: string): unknown => {
  const found = new UriTemplate(template).match(uri)
  return found === undefined ? undefined : Object.fromEntries(found)
}

describe.skipIf(cases.length === 0)('the examples of RFC 6570 (skipped without ../shared)', () => {
  it.each(cases)('R5: %s: %s', (_, template, expected, variables) => {
    expect([expected].flat()).toContain(new UriTemplate(template).expand(variables))
  })
})

describe('expand', () => {
  it('encodes by operator', () => {
    const value = { v: 'a/b c%41é' }
    expect(new UriTemplate('x:{v}').expand(value)).toBe('x:a%2Fb%20c%2541%C3%A9')
    expect(new UriTemplate('x:{+v}').expand(value)).toBe('x:a/b%20c%41%C3%A9')
    expect(new UriTemplate('é%{+v}').expand({ v: 'é%41%' })).toBe('%C3%A9%25%C3%A9%41%25')
  })

  it('cuts a prefix between characters, not inside them', () => {
    expect(new UriTemplate('{v:2}').expand({ v: '\u{1f600}ab' })).toBe('%F0%9F%98%80a')
  })

  it('takes numbers and booleans, and leaves out what is missing or inherited', () => {
    expect(new UriTemplate('x{?n,b,m,toString,constructor}').expand({ n: 1, b: false, m: null })).toBe('x?n=1&b=false')
  })

  it('survives a lone surrogate', () => {
    expect(new UriTemplate('{v}').expand({ v: 'a\ud800' })).toBe('a%EF%BF%BD')
  })
})

describe('the constructor', () => {
  it.each([
    ['a{b', 'a "{" without its "}" at position 1'],
    ['a}b', 'a "}" without its "{" at position 1'],
    ['{a{b}}', '"a{b" is not a variable at position 1'],
    ['x{}', 'an empty variable name at position 2'],
    ['{a,}', 'an empty variable name at position 3'],
    ['{?}', 'an empty variable name at position 2'],
    ['{=a}', 'the operator "=" is reserved at position 1'],
    ['{a b}', '"a b" is not a variable at position 1'],
    ['{a:0}', '"a:0" is not a variable at position 1'],
    ['{a:10000}', '"a:10000" is not a variable at position 1'],
    ['{a:3*}', '"a:3*" is not a variable at position 1'],
    ['{a.}', '"a." is not a variable at position 1'],
    ['{a,b-c}', '"b-c" is not a variable at position 3'],
  ])('refuses %s', (template, message) => {
    expect(() => new UriTemplate(template)).toThrow(TypeError)
    expect(() => new UriTemplate(template)).toThrow(message)
  })

  it('lists the variables, once each, and the literal length', () => {
    const template = new UriTemplate('users://{id}/{id}{?page,limit*}')
    expect(template.variables).toEqual(['id', 'page', 'limit'])
    expect(template.literalLength).toBe('users://'.length + 1)
    expect(template.toString()).toBe('users://{id}/{id}{?page,limit*}')
  })
})

describe('match', () => {
  it.each<[string, string, Record<string, string | string[]> | undefined]>([
    ['a://b', 'a://b', {}],
    ['a://b', 'a://bc', undefined],
    ['a://b', 'A://b', undefined],
    ['users://{id}', 'users://7', { id: '7' }],
    ['users://{id}', 'users://', undefined],
    ['users://{id}', 'users://a/b', undefined],
    ['users://{id}', 'users://a?b', undefined],
    ['users://{id}', 'users://a#b', undefined],
    ['users://{id}', 'users://a%2Fb', { id: 'a/b' }],
    ['users://{id}', 'users://%252e', { id: '%2e' }],
    ['users://{id}', 'users://%', undefined],
    ['users://{id}', 'users://%c3', undefined],
    ['users://{id}', 'users://%ff', undefined],
    ['users://{id}/profile', 'users://a/profile', { id: 'a' }],
    ['users://{id}/profile', 'users://a/b/profile', undefined],
    ['users://{a}/{b}', 'users://x/y', { a: 'x', b: 'y' }],
    ['{a}-{b}', 'x-y-z', { a: 'x', b: 'y-z' }],
    ['{a}aa', 'aaaa', { a: 'aa' }],
    ['{a}{b}', 'xyz', { a: 'x', b: 'yz' }],
    ['{a}{a}', 'xx', { a: 'x' }],
    ['{a}/{a}', 'x/y', undefined],
    ['{x,y}', '1,2', { x: '1', y: '2' }],
    ['{x*}', '1,2%2C3', { x: ['1', '2,3'] }],
    ['{v:3}', 'abc', { v: 'abc' }],
    ['{v:3}', 'abcd', undefined],
    ['file:///{+path}', 'file:///a/b%20c?d#e', { path: 'a/b c?d#e' }],
    ['{+path}/{name}', 'a/b/c', { path: 'a/b', name: 'c' }],
    ['{+a}x{b}', 'x/xfoo', { a: 'x/', b: 'foo' }],
    ['{+list*}', 'a/b,c', { list: ['a/b', 'c'] }],
    ['x{#frag}', 'x#a/b', { frag: 'a/b' }],
    ['x{#frag}', 'xa', undefined],
    ['x{.ext}', 'x.tar', { ext: 'tar' }],
    ['x{.a,b}', 'x.1.2', { a: '1', b: '2' }],
    ['x{.all*}', 'x.1.2', { all: ['1', '2'] }],
    ['x{/a,b}', 'x/1/2', { a: '1', b: '2' }],
    ['x{/a,b}', 'x/1/2/3', undefined],
    ['x{/all*}', 'x/1/2/3', { all: ['1', '2', '3'] }],
    ['x{/all*}/end', 'x/1/2/end', { all: ['1', '2'] }],
    ['x{;a,b}', 'x;a=1;b', { a: '1', b: '' }],
    ['x{;a}/y', 'x/y', {}],
    ['s{?q,page}', 's?q=a%20b&page=2', { q: 'a b', page: '2' }],
    ['s{?q,page}', 's?page=2&q=', { page: '2', q: '' }],
    ['s{?q,page}', 's', {}],
    ['s{?q,page}', 's?q=1&q=2', undefined],
    ['s{?q,page}', 's?other=1', undefined],
    ['s{?q}', 's?q=a=b?c', { q: 'a=b?c' }],
    ['s{?q}', 's?q=a+b', { q: 'a+b' }],
    ['s{?q}', 's?q=1#f', undefined],
    ['s{?tags*}', 's?tags=a&tags=b', { tags: ['a', 'b'] }],
    ['s{?tags}', 's?tags=a,b', { tags: 'a,b' }],
    ['s?fixed=1{&x}', 's?fixed=1&x=2', { x: '2' }],
    ['s?fixed=1{&x}', 's?fixed=1', {}],
    ['s{?q}{&p}', 's?q=1&p=2', { q: '1', p: '2' }],
    ['s{?q}{#f}', 's?q=1#x', { q: '1', f: 'x' }],
    ['{id}{?q}', 'a?q=1', { id: 'a', q: '1' }],
    ['x{?__proto__,constructor}', 'x?__proto__=1&constructor=2', JSON.parse('{"__proto__":"1","constructor":"2"}')],
    ['x{?a}', 'x?toString=1', undefined],
  ])('%s against %s', (template, uri, expected) => {
    expect(match(template, uri)).toEqual(expected)
  })

  it.each(['users://{id}/posts{?page,tag*}', 'f:///{+path}', 'x{/a,b}{;c}{#d}', '{a}.{b},{c}'])(
    'reads back what %s expanded',
    (text) => {
      const template = new UriTemplate(text)
      const values = {
        id: 'é/?#&=%,',
        page: '2 3',
        tag: ['a&b', 'c=d'],
        path: 'p/q',
        a: 'A/',
        b: 'B ',
        c: ';=',
        d: 'D',
      }
      const expected = Object.fromEntries(template.variables.map((name) => [name, Reflect.get(values, name)]))
      expect(match(text, template.expand(values))).toEqual(expected)
    },
  )

  const n = 100_000
  it.each<[string, string]>([
    ['x{/a*}', 'x' + '/'.repeat(n) + '?'],
    ['{a*}', ','.repeat(n) + '/'],
    ['{a}{b}{c}{d}{e}', 'a'.repeat(n) + '/'],
    ['{+a}{+b}{+c}{+d}x', 'a'.repeat(n)],
    ['{a}-{b}-{c}-{d}!', '-'.repeat(n)],
    ['{a,b,c,d,e}/', ','.repeat(n)],
    ['x{?a*}', `x?${'a=&'.repeat(n / 4)}b=1`],
    ['x{?a,b}{&c}{&d}y', `x?${'&'.repeat(n)}`],
    ['{+a}aaaaaaaaaaaaaaab', 'a'.repeat(n)],
    ['x{;a}{;b}{;c}', 'x' + ';'.repeat(n)],
  ])('SEC-REDOS-1: %s refuses a hundred thousand hostile characters', (template, uri) => {
    expect(match(template, uri)).toBeUndefined()
  })

  it('refuses a URI past its bound', () => {
    expect(match('{a}', 'a'.repeat(131_072))).toEqual({ a: 'a'.repeat(131_072) })
    expect(match('{a}', 'a'.repeat(131_073))).toBeUndefined()
  })
})

describe('specificity', () => {
  it('puts literal text first, then variables within a segment, then fewer variables', () => {
    const sorted = ['f:///{+path}', 'f:///{a}/{b}', 'f:///{name}', 'f:///{a}{?q}', 'f:///readme']
      .map((text) => new UriTemplate(text))
      .toSorted(compareSpecificity)
    expect(sorted.map(String)).toEqual(['f:///readme', 'f:///{a}/{b}', 'f:///{name}', 'f:///{a}{?q}', 'f:///{+path}'])
  })

  it.each([
    ['x://{a}', 'x://{b}', true],
    ['x://{a}', 'x://{+b}', false],
    ['x://{a}', 'y://{a}', false],
    ['x{?a,b}', 'x{?b,a}', true],
    ['x{?a}', 'x{?b}', false],
    ['x{+a}', 'x%7B%2B%7D', false],
  ])('%s and %s have the same shape: %s', (a, b, same) => {
    expect(sameShape(new UriTemplate(a), new UriTemplate(b))).toBe(same)
  })
})
