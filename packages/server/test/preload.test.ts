import { preload } from '@parley/core'
import type { SchemaValidator } from '@parley/core'
import { beforeEach, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { Tools } from '../src/features/tools.ts'
import { ask, FakeHost } from './fakes.ts'

vi.mock('@parley/core', async (original) => ({ ...(await original<object>()), preload: vi.fn() }))

beforeEach(() => vi.mocked(preload).mockClear())

const input = { type: 'object', properties: { a: { type: 'number' } } } as const

const listed = async (schema: typeof input | z.ZodObject, validator?: SchemaValidator): Promise<void> => {
  const tools = new Tools(Object.assign(new FakeHost(), { validator }))
  tools.registrar()('tool', { input: schema }, () => 1)
  expect(preload).not.toHaveBeenCalled()
  for (let count = 0; count < 2; count += 1) await ask(tools, 'tools/list')
}

it('loads the interpreter of a JSON Schema once its tool was listed, ahead of the first call', async () => {
  await listed(input)
  expect(vi.mocked(preload).mock.calls).toEqual([[input]])
})

it('loads none for a schema that checks by itself, or where a validator was given', async () => {
  await listed(z.object({ a: z.number() }))
  await listed(input, { compile: () => () => [] })
  expect(preload).not.toHaveBeenCalled()
})
