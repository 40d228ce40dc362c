import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { givenVariables, readPair } from '../src/env.ts'
import { mergeVariables } from '../src/setup/plan.ts'

describe('the variables that a command line gives', () => {
  let folder = ''

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-env-'))
    writeFileSync(join(folder, 'one.env'), '# a\nA=1\nB="two words"\nexport C=3\nKEY=from one\n')
    writeFileSync(join(folder, 'two.env'), "KEY='from two'\nB=\n")
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  it('are those of a file', () => {
    expect(givenVariables([join(folder, 'one.env')])).toEqual({ A: '1', B: 'two words', C: '3', KEY: 'from one' })
  })

  it('come from a later file before an earlier one, and from -e before both', () => {
    const files = [join(folder, 'one.env'), join(folder, 'two.env')]
    expect(givenVariables(files)).toMatchObject({ KEY: 'from two', B: '' })
    expect(givenVariables(files, ['KEY=from -e', 'D=a=b'])).toMatchObject({ KEY: 'from -e', D: 'a=b', A: '1' })
  })

  it('are refused where the file is absent', () => {
    expect(() => givenVariables([join(folder, 'nope.env')])).toThrow('nope.env does not exist.')
  })

  it.each(['A', '=1', '1A=2', 'A B=1'])('%j is no pair', (text) => {
    expect(() => readPair(text)).toThrow('-e takes NAME=VALUE')
  })
})

describe('the variables of an entry that was there', () => {
  it('stay, give way to new ones, and go when they are unset', () => {
    expect(mergeVariables({ KEPT: '1', CHANGED: 'old', GONE: '1' }, { CHANGED: 'new', ADDED: '1' }, ['GONE'])).toEqual({
      KEPT: '1',
      CHANGED: 'new',
      ADDED: '1',
    })
  })
})
