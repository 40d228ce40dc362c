import { describe, expect, expectTypeOf, it } from 'vitest'
import { screenVariable, type TemplateVariables } from '../src/template-variables.ts'

describe('TemplateVariables', () => {
  it('reads the names from the literal', () => {
    expectTypeOf<TemplateVariables<'users://{user_id}/profile{?page,limit*}'>>().toEqualTypeOf<{
      user_id: string
      page?: string
      limit?: string[]
    }>()
    expectTypeOf<TemplateVariables<'{+path}{#f}{.e}{/s*}{;p}{&q}{v:3}{x,y*}'>>().toEqualTypeOf<{
      path: string
      f: string
      e: string
      s: string[]
      p?: string
      q?: string
      v: string
      x: string
      y: string[]
    }>()
  })

  it('is empty without variables, and a record for any string', () => {
    const nameIn = <T extends string>(template: T): [T, keyof TemplateVariables<T> | undefined] => [template, undefined]
    expectTypeOf(nameIn('config://app')).toEqualTypeOf<['config://app', undefined]>()
    expectTypeOf<TemplateVariables<string>>().toEqualTypeOf<Record<string, string | string[]>>()
  })
})

describe('screenVariable', () => {
  it.each([
    '..',
    '../x',
    'a/../b',
    'a/..',
    '..\\x',
    'a\\..\\b',
    '.. /x',
    '.../x',
    '/etc/passwd',
    '\\\\host\\share',
    '\\x',
    'C:\\x',
    'c:x',
    'a\0b',
    '%2e%2e/x',
    '..%2fx',
    'a%2f..%2fb',
    '%00',
    '%2Fetc',
  ])('R3: refuses %j', (value) => {
    expect(screenVariable('path', value)).toMatch(/^path (contains|is|climbs)/)
  })

  it.each([
    '',
    'a',
    'a/b',
    'a..b',
    '..a',
    'v1..v2',
    '.',
    '.hidden',
    'a/.b',
    'readme.md',
    '50%',
    '%zz',
    'é',
    'http',
    'ab:c',
  ])('accepts %j', (value) => {
    expect(screenVariable('path', value)).toBeUndefined()
  })

  it('looks into lists', () => {
    expect(screenVariable('path', ['a', 'b'])).toBeUndefined()
    expect(screenVariable('path', ['a', '..'])).toBe('path climbs out with a ".." segment')
  })
})
