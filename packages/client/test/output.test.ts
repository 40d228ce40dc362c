import { InvalidResult } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { describe, expect, it, vi } from 'vitest'
import { failureOf, legacy, meet, modern, tool } from './script.ts'

describe('structured output', () => {
  const schema = { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] } as const
  const server = (result: JsonObject, outputSchema: JsonObject = schema) =>
    modern({
      'tools/list': () => ({ tools: [tool('sum', { outputSchema })] }),
      'tools/call': () => ({ content: [], ...result }),
    })

  it.each([
    ['lacks a field', { structuredContent: {} }, 'total'],
    ['has a wrong field', { structuredContent: { total: 'x' } }, 'total'],
    ['is not there', {}, 'structuredContent'],
    ['is null', { structuredContent: null }, 'object'],
  ])('O5: that %s is an InvalidResult that says so', async (_, result, named) => {
    await using client = await meet(server(result))
    await client.listTools()
    expect(await failureOf(client.callTool('sum'))).toMatchObject({
      name: 'InvalidResult',
      message: expect.stringContaining(named),
    })
  })

  it('O5: of a failed call is not looked at', async () => {
    await using client = await meet(server({ isError: true }))
    await client.listTools()
    expect(await client.callTool('sum')).toMatchObject({ isError: true })
  })

  it('O5: null is a value', async () => {
    await using client = await meet(server({ structuredContent: null }, { type: 'null' }))
    await client.listTools()
    expect(await client.callTool('sum')).toMatchObject({ isError: false, structured: null })
  })

  it('O5: of a tool that was not listed is taken as it is, and nothing is listed for it', async () => {
    const script = server({ structuredContent: { total: 'x' } })
    await using client = await meet(script)
    expect(await client.callTool('sum')).toMatchObject({ structured: { total: 'x' } })
    expect(script.methods).not.toContain('tools/list')
  })

  it('O5: is always checked when asked for, and never when not', async () => {
    const script = server({ structuredContent: {} })
    await using strict = await meet(script, { validate: 'always' })
    expect(await failureOf(strict.callTool('sum'))).toBeInstanceOf(InvalidResult)
    expect(await failureOf(strict.callTool('sum'))).toBeInstanceOf(InvalidResult)
    expect(script.sent('tools/list')).toHaveLength(1)
    await using lax = await meet(server({ structuredContent: {} }), { validate: 'never' })
    await lax.listTools()
    expect(await lax.callTool('sum')).toMatchObject({ structured: {} })
  })

  it('O5: is not held against a list that has changed', async () => {
    const script = server({ structuredContent: {} })
    await using client = await meet(script)
    await client.listTools()
    script.tell('notifications/tools/list_changed')
    await client.ping()
    expect(await client.callTool('sum')).toMatchObject({ structured: {} })
  })

  it('B19: of an unknown dialect says so', async () => {
    await using client = await meet(server({ structuredContent: {} }, { $schema: 'https://example.com/mine' }))
    await client.listTools()
    expect(await failureOf(client.callTool('sum'))).toMatchObject({
      name: 'InvalidResult',
      message: expect.stringContaining('dialect'),
    })
  })

  it('is checked by the validator that the options give, compiled once', async () => {
    const compile = vi.fn(() => () => [{ path: 'total', message: 'is odd' }])
    await using client = await meet(server({ structuredContent: { total: 1 } }), { validator: { compile } })
    await client.listTools()
    expect(await failureOf(client.callTool('sum'))).toMatchObject({ message: expect.stringContaining('is odd') })
    await failureOf(client.callTool('sum'))
    expect(compile).toHaveBeenCalledOnce()
  })

  it('is checked in the legacy era too', async () => {
    const script = legacy({
      'tools/list': () => ({ tools: [tool('sum', { outputSchema: schema })] }),
      'tools/call': () => ({ content: [], structuredContent: { total: 'x' } }),
    })
    await using client = await meet(script)
    await client.listTools()
    expect(await failureOf(client.callTool('sum'))).toBeInstanceOf(InvalidResult)
  })
})
