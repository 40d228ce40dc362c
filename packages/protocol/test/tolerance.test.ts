import { InvalidResult } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { clientRevisions } from '../src/index.ts'
import type { ClientRevision } from '../src/index.ts'

const tool = (name: string, rest: object = {}): object => ({ name, inputSchema: { type: 'object' }, ...rest })
const hints = { ttlMs: 0, cacheScope: 'private' }

describe.each(clientRevisions.map((revision) => [revision.version, revision] as const))('%s', (_version, revision) => {
  const read = (...args: Parameters<ClientRevision['readOutcome']>): unknown => {
    const reply = revision.readOutcome(...args)
    return reply.kind === 'complete' ? reply.result : reply
  }

  it('takes null for absent, except inside what is the user’s own', () => {
    const result = { tools: [tool('a', { description: null, _meta: { x: null } })], nextCursor: null, ...hints }
    expect(read('tools/list', result)).toEqual({ tools: [tool('a', { _meta: { x: null } })], ...hints })
    const call = {
      content: [{ type: 'text', text: 'x', annotations: null }],
      structuredContent: { a: null },
      isError: null,
    }
    expect(read('tools/call', call)).toEqual({ content: [{ type: 'text', text: 'x' }], structuredContent: { a: null } })
  })

  it('reads a list without its broken items, and tells of them', () => {
    const dropped: unknown[] = []
    const result = { tools: [tool('a'), { name: 1 }, tool('b'), tool('c', { inputSchema: [] })], ...hints }
    const kind = { onDropped: (why: InvalidResult) => void dropped.push(why.message) }
    expect(read('tools/list', result, kind)).toEqual({ tools: [tool('a'), tool('b')], ...hints })
    expect(dropped).toHaveLength(2)
    expect(dropped[0]).toMatch(/^tools\/list: left out an item: result\/tools\/1\//)
  })

  it('never makes up an empty list', () => {
    expect(() => read('tools/list', { tools: [{ name: 1 }], ...hints })).toThrow(InvalidResult)
    expect(() => read('tools/list', { tools: null, ...hints })).toThrow('tools is required')
  })

  it('refuses both when it is strict', () => {
    const strict = { strict: true }
    expect(() => read('tools/list', { tools: [tool('a')], nextCursor: null, ...hints }, strict)).toThrow('nextCursor')
    expect(() => read('tools/list', { tools: [tool('a'), {}], ...hints }, strict)).toThrow(InvalidResult)
  })
})

describe('an answer to a question', () => {
  const blocks = [
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
  ]
  const image = { type: 'image', data: '', mimeType: 'image/png' }

  it('has a list of blocks since 2025-11-25, and one block before', () => {
    const written = clientRevisions.map((revision) =>
      revision.writeAnswer('sampling/createMessage', { content: blocks }),
    )
    const single = { content: { type: 'text', text: 'one\ntwo' } }
    expect(written).toEqual([{ content: blocks }, { content: blocks }, single, single, single])
  })

  it('is refused where one block cannot hold it', () => {
    const older = clientRevisions.slice(2)
    for (const revision of older) {
      expect(revision.writeAnswer('sampling/createMessage', { content: [image] })).toEqual({ content: image })
      expect(() => revision.writeAnswer('sampling/createMessage', { content: [image, ...blocks] })).toThrow('one block')
      expect(revision.writeAnswer('roots/list', { roots: [] })).toEqual({ roots: [] })
    }
  })
})
