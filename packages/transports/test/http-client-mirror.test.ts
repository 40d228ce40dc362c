import type { JsonObject } from '@parley/core'
import { describe, expect, it, vi } from 'vitest'
import { answer, failureOf, Far, modern, refuse } from './http-client-fakes.ts'
import type { Play } from './http-client-fakes.ts'

const tool = (name: string, properties: JsonObject, rest: JsonObject = {}): JsonObject => ({
  name,
  inputSchema: { type: 'object', properties, ...rest },
})

const region = { type: 'string', 'x-mcp-header': 'Region' }

const listing =
  (...tools: JsonObject[]): Play =>
  (seen) =>
    seen.body['method'] === 'tools/list' ? answer(seen, { tools }) : answer(seen)

const mirrored = (headers: Headers | undefined): Record<string, string> =>
  Object.fromEntries([...(headers ?? [])].filter(([name]) => name.startsWith('mcp-param-')))

/** The headers of a call of a tool that was listed before. */
const headersOf = async (properties: JsonObject, args: JsonObject | undefined): Promise<Record<string, string>> => {
  const far = new Far(listing(tool('t', properties)))
  await using link = await far.dial()
  await link.request('tools/list', modern())
  await link.request('tools/call', modern(args === undefined ? { name: 't' } : { name: 't', arguments: args }))
  return mirrored(far.seen[1]?.headers)
}

describe('an annotated argument', () => {
  it('X1: goes into a header, from where it stands', async () => {
    const properties = {
      region,
      query: { type: 'string' },
      deep: { type: 'object', properties: { 'a.b': { properties: { n: { type: 'integer', 'x-mcp-header': 'N' } } } } },
    }
    const args = { region: 'us-west1', query: 'SELECT', deep: { 'a.b': { n: 7 } } }
    expect(await headersOf(properties, args)).toEqual({ 'mcp-param-region': 'us-west1', 'mcp-param-n': '7' })
  })

  it.each<[string, JsonObject | undefined]>([
    ['null', { region: null }],
    ['absent', {}],
    ['without arguments', undefined],
    ['inherited', { region: undefined }],
  ])('X3: has no header when it is %s', async (_what, args) => {
    expect(await headersOf({ region, toString: { type: 'string', 'x-mcp-header': 'S' } }, args)).toEqual({})
  })

  it.each<[unknown, string]>([
    [42, '42'],
    [-7, '-7'],
    [9_007_199_254_740_991, '9007199254740991'],
    [-9_007_199_254_740_991, '-9007199254740991'],
    [true, 'true'],
    [false, 'false'],
    ['', ''],
    ['a\tb', '=?base64?YQli?='],
    ['Grüße', '=?base64?R3LDvMOfZQ==?='],
    ['=?BASE64?x?=', '=?BASE64?x?='],
  ])('X5, H10: %j goes as %j', async (value, header) => {
    expect(await headersOf({ v: { type: ['string', 'null'], 'x-mcp-header': 'V' } }, { v: value })).toEqual({
      'mcp-param-v': header,
    })
  })

  it('X5: an integer beyond the safe range is refused, and not sent', async () => {
    const n = { type: 'integer', 'x-mcp-header': 'N' }
    expect(await headersOf({ n }, { n: 2 ** 53 - 1 })).toEqual({ 'mcp-param-n': '9007199254740991' })
    expect(await headersOf({ n }, { n: Number.NaN })).toEqual({})
    for (const value of [2 ** 53, -(2 ** 53), 1e300]) {
      expect(await failureOf(headersOf({ n }, { n: value }))).toMatchObject({
        kind: 'invalidParams',
        message: expect.stringContaining('Mcp-Param-N'),
      })
    }
  })

  it('H10: cannot smuggle a header in', async () => {
    const sent = await headersOf({ region }, { region: 'a\r\nAuthorization: Bearer x' })
    expect(Object.values(sent).join('')).toMatch(/^=\?base64\?[\w+/=]+\?=$/)
  })

  it('X6: has no header as long as the tool was never listed', async () => {
    const far = new Far(listing())
    await using link = await far.dial()
    await link.request('tools/call', modern({ name: 't', arguments: { region: 'x' } }))
    expect(mirrored(far.seen[0]?.headers)).toEqual({})
  })

  it('X1: follows the newest list', async () => {
    const lists = [[tool('t', { region })], [tool('t', { region: { type: 'string' } })]]
    const far = new Far((seen) =>
      seen.body['method'] === 'tools/list' ? answer(seen, { tools: lists.shift() }) : answer(seen),
    )
    await using link = await far.dial()
    const call = (): Promise<JsonObject> =>
      link.request('tools/call', modern({ name: 't', arguments: { region: 'x' } }))
    await link.request('tools/list', modern())
    await call()
    await link.request('tools/list', modern())
    await call()
    expect(far.calls('tools/call').map(({ headers }) => mirrored(headers))).toEqual([{ 'mcp-param-region': 'x' }, {}])
  })
})

describe('a list of tools', () => {
  const annotated = (name: unknown, type: unknown = 'string'): JsonObject => ({ a: { type, 'x-mcp-header': name } })

  it.each<[string, JsonObject]>([
    ['an empty name', tool('bad', annotated(''))],
    ['a name that is no token', tool('bad', annotated('My Header'))],
    ['a name with a line break', tool('bad', annotated('A\r\nB'))],
    ['a name that is no string', tool('bad', annotated(7))],
    ['the same name twice', tool('bad', { ...annotated('Same'), b: { type: 'string', 'x-mcp-header': 'SAME' } })],
    ['a number', tool('bad', annotated('N', 'number'))],
    ['an object', tool('bad', annotated('O', 'object'))],
    ['no type', tool('bad', { a: { 'x-mcp-header': 'N' } })],
    ['two types', tool('bad', annotated('N', ['string', 'integer']))],
    ['items', tool('bad', { a: { type: 'array', items: { type: 'string', 'x-mcp-header': 'I' } } })],
    ['anyOf', tool('bad', {}, { anyOf: [{ properties: annotated('A') }] })],
    ['if', tool('bad', {}, { if: { properties: annotated('A') } })],
    ['$defs', tool('bad', {}, { $defs: { d: { type: 'string', 'x-mcp-header': 'D' } } })],
    ['the root', tool('bad', {}, { 'x-mcp-header': 'Root' })],
  ])('X2: loses the tool that is annotated with %s, and no other', async (_what, bad) => {
    const dropped: string[][] = []
    const far = new Far(listing(tool('first', {}), bad, tool('last', { region })))
    await using link = await far.dial({ onInvalidTool: (...heard) => dropped.push(heard) })
    const { tools } = await link.request('tools/list', modern())
    expect((tools as JsonObject[]).map(({ name }) => name)).toEqual(['first', 'last'])
    expect(dropped.map(([name]) => name)).toEqual(['bad'])
    expect(dropped[0]?.[1]).toContain('x-mcp-header')
  })

  it('X2: keeps what only looks like an annotation', async () => {
    const far = new Far(
      listing(
        tool('parameter', { 'x-mcp-header': { type: 'array' } }),
        tool('data', {
          a: { const: { 'x-mcp-header': '' }, default: { 'x-mcp-header': 1 }, examples: [{ 'x-mcp-header': 2 }] },
        }),
        tool('nullable', annotated('N', ['integer', 'null'])),
      ),
    )
    await using link = await far.dial({ onInvalidTool: () => expect.unreachable() })
    expect((await link.request('tools/list', modern()))['tools']).toHaveLength(3)
  })

  it('X2: warns by default, with the name escaped', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const far = new Far(listing(tool('\u001b[2J', annotated(''))))
    await using link = await far.dial()
    expect((await link.request('tools/list', modern()))['tools']).toEqual([])
    expect(warn).toHaveBeenCalledWith(expect.stringContaining(String.raw`"\u001b[2J"`))
  })

  it('X2: is as it came in the legacy era', async () => {
    const far = new Far(listing(tool('bad', annotated(''))))
    await using link = await far.dial({ listen: false })
    await link.request('initialize', { protocolVersion: '2025-11-25' })
    expect((await link.request('tools/list', {}))['tools']).toHaveLength(1)
  })
})

describe('a header mismatch', () => {
  const strict: Play = (seen) => {
    if (seen.body['method'] === 'tools/list') return answer(seen, { tools: [tool('t', { region })] })
    return seen.headers.has('mcp-param-region') ? answer(seen, { done: true }) : refuse(seen, 400, -32_020)
  }
  const params = (): JsonObject => modern({ name: 't', arguments: { region: 'x' } })

  it('X6: is met by listing the tools and calling once more, under a fresh id', async () => {
    const far = new Far(strict)
    await using link = await far.dial()
    expect(await link.request('tools/call', params(), { onProgress: () => undefined })).toEqual({ done: true })
    expect(far.seen.map(({ body }) => body['method'])).toEqual(['tools/call', 'tools/list', 'tools/call'])
    expect(new Set(far.seen.map(({ body }) => body['id'])).size).toBe(3)
    expect(far.seen[1]?.headers.get('mcp-protocol-version')).toBe('2026-07-28')
    expect(far.seen[1]?.body).not.toHaveProperty(['params', '_meta', 'progressToken'])
  })

  it('X6: looks for the tool on every page', async () => {
    const far = new Far((seen, index) => {
      if (seen.body['method'] !== 'tools/list') return strict(seen, index)
      const { cursor } = seen.body['params'] as JsonObject
      return cursor === undefined ? answer(seen, { tools: [], nextCursor: 'two' }) : strict(seen, index)
    })
    await using link = await far.dial()
    expect(await link.request('tools/call', params())).toEqual({ done: true })
  })

  it('X6: is the error when the list says nothing new, and after the one retry', async () => {
    const never: Play = (seen, index) =>
      seen.body['method'] === 'tools/list' ? strict(seen, index) : refuse(seen, 400, -32_020)
    const far = new Far(never)
    await using link = await far.dial()
    expect(await failureOf(link.request('tools/call', params()))).toMatchObject({ code: -32_020 })
    expect(far.calls('tools/call')).toHaveLength(2)
    expect(await failureOf(link.request('tools/call', params()))).toMatchObject({ code: -32_020 })
    expect(far.calls('tools/call')).toHaveLength(3)
  })

  it('X6: is the error of any other method', async () => {
    const far = new Far((seen) => refuse(seen, 400, -32_020))
    await using link = await far.dial()
    expect(await failureOf(link.request('prompts/get', modern({ name: 'p' })))).toMatchObject({ code: -32_020 })
    expect(far.seen).toHaveLength(1)
  })

  it('X6, L7: the retry has only the time that is left', async () => {
    vi.useFakeTimers()
    try {
      const far = new Far(async (seen, index) => {
        await new Promise((resolve) => {
          setTimeout(resolve, 400)
        })
        return strict(seen, index)
      })
      await using link = await far.dial()
      const result = failureOf(link.request('tools/call', params(), { maxTimeout: 1000 }))
      await vi.advanceTimersByTimeAsync(990)
      expect(far.seen).toHaveLength(3)
      await vi.advanceTimersByTimeAsync(20)
      expect(await result).toMatchObject({ name: 'TimeoutError' })
    } finally {
      vi.useRealTimers()
    }
  })

  it('X6: is the error when the tools cannot be listed', async () => {
    const far = new Far((seen) => refuse(seen, 400, seen.body['method'] === 'tools/list' ? -32_603 : -32_020))
    await using link = await far.dial()
    expect(await failureOf(link.request('tools/call', params()))).toMatchObject({ code: -32_020 })
  })
})
