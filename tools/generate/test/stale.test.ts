import { relative } from 'node:path'
import { expect, it } from 'vitest'
import { staleFiles } from '../src/generate.mjs'

it('the committed validators are what the wire types say', () => {
  expect(staleFiles().map((file) => relative('.', file))).toEqual([])
}, 20_000)
