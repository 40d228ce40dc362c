import { Server } from '@parley/server'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { alice } from './fakes.ts'

const region = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } } as const

describe('the arguments that a server wants in headers', () => {
  const server = new Server({ name: 'test', version: '1' })
  server.tool('query', { input: region }, () => 'done')
  server.tool(
    'typed',
    { input: z.object({ box: z.object({ size: z.int().meta({ 'x-mcp-header': 'Size' }) }) }) },
    () => 'done',
  )
  server.tool('plain', () => 'done')
  server.tool('secret', { input: region, visible: (principal) => principal === alice }, () => 'done')

  it('X4: are those that the tool of a call annotates, by their place in the params', () => {
    expect(server.mirrored('tools/call', { name: 'query' })).toEqual([
      { header: 'Mcp-Param-Region', path: ['arguments', 'region'] },
    ])
    expect(server.mirrored('tools/call', { name: 'typed' })).toEqual([
      { header: 'Mcp-Param-Size', path: ['arguments', 'box', 'size'] },
    ])
  })

  it.each([
    ['of a tool without annotations', 'tools/call', { name: 'plain' }],
    ['of an unknown tool', 'tools/call', { name: 'toString' }],
    ['of a name that is none', 'tools/call', { name: 1 }],
    ['of nothing', 'tools/call', {}],
    ['of another method', 'prompts/get', { name: 'query' }],
  ])('are none %s', (_, method, params) => {
    expect(server.mirrored(method, params)).toEqual([])
  })

  it('give away no tool that is hidden from who asks', () => {
    expect(server.mirrored('tools/call', { name: 'secret' })).toEqual([])
    expect(server.mirrored('tools/call', { name: 'secret' }, alice)).toHaveLength(1)
  })

  it('stay with a tool that is updated', () => {
    const tool = server.tool('changing', { input: region }, () => 'done')
    tool.update({ title: 'Changed' })
    expect(server.mirrored('tools/call', { name: 'changing' })).toHaveLength(1)
  })

  it('X2: are refused with the tool where none may stand', () => {
    const input = { type: 'object', properties: { ratio: { type: 'number', 'x-mcp-header': 'Ratio' } } } as const
    expect(() => server.tool('wrong', { input }, () => 'done')).toThrow(
      new TypeError('x-mcp-header at ratio (Ratio) must stand on a string, an integer or a boolean'),
    )
    expect(server.mirrored('tools/call', { name: 'wrong' })).toEqual([])
  })
})
