import { connect } from '@parley/client'
import type { JsonSchema } from '@parley/core'
import { Server } from '@parley/server'
import { memory } from '@parley/transports/memory'
import { describe, expect, it, vi } from 'vitest'
import { legacy, modern } from './wire.ts'

const nested = { type: 'object', properties: { name: { type: 'string' } } }
const oddFields: readonly [what: string, field: object][] = [
  ['an object', nested],
  ['a list of objects', { type: 'array', items: nested }],
  ['a list of anything', { type: 'array', items: { type: 'string' } }],
  ['nothing in particular', {}],
]

describe.each([modern, legacy])('in %s', (version) => {
  it.each(oddFields)('I2: a form with a field that is %s is never put to the user', async (_, field) => {
    const onElicit = vi.fn(() => ({ action: 'decline' as const }))
    const onError = vi.fn()
    const server = new Server({ name: 'forms', version: '1.0.0' }, { onError })
    const schema: JsonSchema = { type: 'object', properties: { odd: field } }
    server.tool('ask', async (__, ctx) => (await ctx.elicit({ message: 'Well?', schema })).action)
    const client = await connect(memory(server), { name: 'test', version: '1.0.0', versions: [version], onElicit })
    expect(await client.callTool('ask')).toMatchObject({ isError: true })
    expect(onElicit).not.toHaveBeenCalled()
    expect(onError.mock.calls[0]?.[0]).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('flat') as string,
    })
    await Promise.all([client.close(), server.close()])
  })
})
