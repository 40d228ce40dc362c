import type { JsonObject } from '@parley/core'
import { metaKeys, revisions } from '@parley/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { createVictim, secret } from './fixtures/victim.mjs'
import { frames, lines, spawned } from './raw-road.ts'
import type { Line, RawRoad } from './raw-road.ts'

const newest = (era: 'legacy' | 'modern'): string => revisions.find((each) => each.era === era)?.version ?? ''
const [modern, legacy] = [newest('modern'), newest('legacy')]
const isModern = (version: string): boolean =>
  revisions.some((each) => each.version === version && each.era === 'modern')

const info = { name: 'raw', version: '1' }
const envelope = (version: string, meta: JsonObject = {}): JsonObject => ({
  [metaKeys.protocolVersion]: version,
  [metaKeys.clientInfo]: info,
  [metaKeys.clientCapabilities]: {},
  ...meta,
})

/** A request as a well-behaved client of a revision makes it. */
const request = (version: string, id: unknown, method: string, params: JsonObject = {}): JsonObject => ({
  jsonrpc: '2.0',
  id,
  method,
  params: isModern(version) ? { ...params, _meta: envelope(version, params['_meta'] as JsonObject) } : params,
})

const call = (version: string, id: unknown, name: string, args?: JsonObject): JsonObject =>
  request(version, id, 'tools/call', args === undefined ? { name } : { name, arguments: args })

type Heard = [error: unknown, id: string]
const roads = {
  frames: (hear: (...heard: Heard) => void) =>
    frames(createVictim((error, report) => hear(error, report.correlationId))),
  lines: (hear: (...heard: Heard) => void) => lines(createVictim((error, report) => hear(error, report.correlationId))),
  process: (): RawRoad => spawned(),
}
type RoadName = keyof typeof roads

const open: RawRoad[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((road) => road.close()))
  if (Object.keys(Object.prototype).length > 0) throw new Error('Object.prototype was changed')
})

const shakeHands = async (road: RawRoad, version: string, capabilities: JsonObject = {}): Promise<void> => {
  const params = { protocolVersion: version, capabilities, clientInfo: info }
  road.send({ jsonrpc: '2.0', id: 'hello', method: 'initialize', params })
  expect((await road.answer('hello')).result).toMatchObject({ protocolVersion: version })
  road.send({ jsonrpc: '2.0', method: 'notifications/initialized' })
  road.heard.length = 0
}

const opened = async (name: RoadName, version: string, errors: Heard[] = []): Promise<RawRoad> => {
  const road = roads[name]((...heard) => errors.push(heard))
  open.push(road)
  if (!isModern(version)) await shakeHands(road, version)
  return road
}

const textOf = ({ result }: Line): unknown => {
  const content = result?.['content']
  return Array.isArray(content) ? (content as { text?: unknown }[])[0]?.text : undefined
}

type Expected = [id: unknown, code: number, message: string]

/** Sends bad input while a call is in flight; all that comes back is what is expected, and both calls are answered. */
const suffers = async (
  road: RawRoad,
  version: string,
  input: Parameters<RawRoad['send']>[0],
  expected: Expected[],
): Promise<void> => {
  road.send(call(version, 'held', 'hold'))
  road.send(input)
  await road.until((heard) => heard.length >= expected.length)
  road.send(call(version, 'canary', 'add', { a: 1, b: 2 }))
  expect(textOf(await road.answer('canary'))).toBe('3')
  const others = road.heard.filter(({ id }) => id !== 'canary')
  expect(others.map(({ id, error }) => [id, error?.code, error?.message])).toEqual(
    expected.map(([id, code, message]) => [id, code, expect.stringContaining(message)]),
  )
  road.heard.length = 0
  road.send(call(version, 'release', 'release'))
  expect(textOf(await road.answer('held'))).toBe('held')
  expect(textOf(await road.answer('release'))).toBe('released')
  expect(road.heard).toHaveLength(2)
}

const noId = 'id must be a string or an integer'
const large = 'x'.repeat(4_194_304)
const strange = [
  '__proto__',
  'toString',
  'valueOf',
  'hasOwnProperty/',
  '',
  'tools/call ',
  'TOOLS/CALL',
  'a'.repeat(300),
]

type Case = [what: string, input: (version: string) => Parameters<RawRoad['send']>[0], expected: Expected[]]

/** What any road must bear. */
const anywhere: Case[] = [
  ['malformed JSON', () => '{"jsonrpc":"2.0","id":1,"method":', [[undefined, -32700, 'not valid JSON']]],
  ['invalid UTF-8', () => Uint8Array.of(0x22, 0xc3, 0x28, 0x22), [[undefined, -32700, 'not valid UTF-8']]],
  ['half a surrogate pair in UTF-8', () => Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), [[undefined, -32700, 'UTF-8']]],
  ['a million levels', () => '['.repeat(1_000_000), [[undefined, -32700, 'deeper than 128 levels']]],
  [
    'a million levels inside a request',
    () => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}}`,
    [[undefined, -32700, 'deeper than 128 levels']],
  ],
  ['two million members of a batch', () => `[${'0,'.repeat(2_000_000)}0]`, [[undefined, -32600, 'at most 1000']]],
  ...[null, {}, [], [1], 1.5, true, 2 ** 53, -1e300].map((id): Case => [
    `the id ${JSON.stringify(id)}`,
    (version) => request(version, id, 'tools/list'),
    [[undefined, -32600, noId]],
  ]),
  [
    'an id that is in flight',
    (version) => call(version, 'held', 'add', { a: 1, b: 2 }),
    [['held', -32600, 'in flight']],
  ],
  ...strange.map((method): Case => [
    `the method ${JSON.stringify(method).slice(0, 20)}`,
    (version) => request(version, 9, method),
    [[9, -32601, `Method not found: ${method}`]],
  ]),
  ...['__proto__', 'toString', 'prototype', '\ud800', ''].flatMap((name): Case[] => [
    [`the tool ${JSON.stringify(name)}`, (version) => call(version, 9, name), [[9, -32602, 'Unknown tool']]],
    [
      `the prompt ${JSON.stringify(name)}`,
      (version) => request(version, 9, 'prompts/get', { name }),
      [[9, -32602, 'Unknown prompt']],
    ],
    [
      `the completion of ${JSON.stringify(name)}`,
      (version) =>
        request(version, 9, 'completion/complete', {
          ref: { type: 'ref/resource', uri: 'thing://{name}' },
          argument: { name, value: '' },
        }),
      [[9, -32602, `Nothing is called ${JSON.stringify(name)} there`]],
    ],
    [
      `the reference ${JSON.stringify(name)}`,
      (version) =>
        request(version, 9, 'completion/complete', {
          ref: { type: 'ref/prompt', name },
          argument: { name: 'who', value: '' },
        }),
      [[9, -32602, 'Unknown reference']],
    ],
  ]),
  [
    'a variable that climbs',
    (version) => request(version, 9, 'resources/read', { uri: 'thing://..%5c..%5cetc' }),
    [[9, -32602, 'name climbs out']],
  ],
  [
    'a prompt without its argument',
    (version) => request(version, 9, 'prompts/get', { name: 'greet', arguments: {} }),
    [[9, -32602, 'Invalid arguments for greet: who']],
  ],
  [
    'a prompt whose argument is a number',
    (version) => request(version, 9, 'prompts/get', { name: 'greet', arguments: { who: 1 } }),
    [[9, -32602, 'params/arguments/who must be a string']],
  ],
  [
    'a name that is a number',
    (version) => request(version, 9, 'tools/call', { name: 1 }),
    [[9, -32602, 'params/name']],
  ],
  [
    'a cursor of nobody',
    (version) => request(version, 9, 'tools/list', { cursor: '__proto__' }),
    [[9, -32602, 'cursor']],
  ],
  [
    'a feature that is off',
    (version) => request(version, 9, 'logging/setLevel', { level: 'info' }),
    [[9, -32601, 'logging']],
  ],
  ['a version of another protocol', () => `{"jsonrpc":"1.0","id":9,"method":"tools/list"}`, [[9, -32600, 'jsonrpc']]],
  [
    'params and an outcome',
    () => `{"jsonrpc":"2.0","id":9,"method":"a","result":{}}`,
    [[9, -32600, 'either a method']],
  ],
  ['a notification with bad params', () => `{"jsonrpc":"2.0","method":"notifications/cancelled","params":[1]}`, []],
  [
    'a cancellation of nothing',
    () => `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{"__proto__":1}}}`,
    [],
  ],
  [
    'progress of nothing',
    () => `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":null}}`,
    [],
  ],
  ['an answer to nothing', () => `{"jsonrpc":"2.0","id":"held","result":{}}`, []],
  ['an error for nothing', () => `{"jsonrpc":"2.0","id":"held","error":{"code":1,"message":"no"}}`, []],
]

/** What only a road of lines can meet. */
const onLines: Case[] = [
  [
    'a message past the limit',
    (version) => call(version, 9, 'keys', { large }),
    [[9, -32600, 'longer than 4194304 bytes']],
  ],
  [
    'a message past the limit whose id is no JSON',
    () => `{"jsonrpc":"2.0","id":"\t","method":"${large}"}`,
    [[undefined, -32600, 'longer than']],
  ],
  [
    'a message past the limit whose id has a zero in front',
    () => `{"method":"${large}","jsonrpc":"2.0","id":007}`,
    [[undefined, -32600, 'longer than']],
  ],
  [
    'garbage past the limit',
    () => new Uint8Array(4_194_305).fill(0xff),
    [[undefined, -32600, 'longer than 4194304 bytes']],
  ],
]

const modernOnly: Case[] = [
  [
    'a version of the future',
    () => request(modern, 9, 'tools/list', { _meta: { [metaKeys.protocolVersion]: '2999-01-01' } }),
    [[9, -32022, '2999-01-01']],
  ],
  [
    'the version __proto__',
    () => request(modern, 9, 'tools/list', { _meta: { [metaKeys.protocolVersion]: '__proto__' } }),
    [[9, -32022, '__proto__']],
  ],
  [
    'a version that is a number',
    () => request(modern, 9, 'tools/list', { _meta: { [metaKeys.protocolVersion]: 7 } }),
    [[9, -32602, 'must be a string']],
  ],
  ['no version and no handshake', () => request(legacy, 9, 'tools/list'), [[9, -32602, 'supported versions']]],
  ['a question that the caller cannot take', () => call(modern, 9, 'ask'), [[9, -32021, 'elicitation']]],
  [
    'a capability that is only inherited',
    () =>
      `{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"ask","_meta":{"${metaKeys.protocolVersion}":"${modern}","${metaKeys.clientCapabilities}":{"__proto__":{"elicitation":{}}}}}}`,
    [[9, -32021, 'elicitation']],
  ],
  ...[null, 'yes', [], 7].map((elicitation): Case => [
    `an elicitation capability that is ${JSON.stringify(elicitation)}`,
    () => request(modern, 9, 'tools/call', { name: 'ask', _meta: { [metaKeys.clientCapabilities]: { elicitation } } }),
    [[9, -32602, '/elicitation must be an object']],
  ]),
  [
    'a state of nobody',
    () => request(modern, 9, 'tools/call', { name: 'ask', requestState: 'v1.x.y' }),
    [[9, -32602, 'requestState was refused']],
  ],
  [
    'answers that are a list',
    () => request(modern, 9, 'tools/call', { name: 'ask', inputResponses: [] }),
    [[9, -32602, 'inputResponses']],
  ],
  [
    'a resource named __proto__',
    () => request(modern, 9, 'resources/read', { uri: '__proto__' }),
    [[9, -32602, 'Resource not found: __proto__']],
  ],
  [
    'a filter that is none',
    () => request(modern, 9, 'subscriptions/listen', { notifications: [] }),
    [[9, -32602, 'params/notifications']],
  ],
  [
    'too many resources to hear of',
    () =>
      request(modern, 9, 'subscriptions/listen', {
        notifications: { resourceSubscriptions: Array(1001).fill('note://one') },
      }),
    [[9, -32602, 'At most 1000']],
  ],
]

const legacyOnly: Case[] = [
  ['a question that the caller cannot take', () => call(legacy, 9, 'ask'), [[9, -32600, 'elicitation']]],
  [
    'a resource named __proto__',
    () => request(legacy, 9, 'resources/read', { uri: '__proto__' }),
    [[9, -32002, 'Resource not found: __proto__']],
  ],
  [
    'a handshake without a version',
    () => request(legacy, 9, 'initialize', { capabilities: {}, clientInfo: info }),
    [[9, -32602, 'params/protocolVersion']],
  ],
  [
    'a handshake with capabilities that are a list',
    () => request(legacy, 9, 'initialize', { protocolVersion: legacy, capabilities: [], clientInfo: info }),
    [[9, -32602, 'params/capabilities']],
  ],
]

const casesOf = (road: RoadName, version: string): Case[] => [
  ...anywhere,
  ...(road === 'frames' ? [] : onLines),
  ...(isModern(version) ? modernOnly : legacyOnly),
]

describe.each(['frames', 'lines', 'process'] as const)('over %s', (name) => {
  describe.each([modern, legacy])('in %s', (version) => {
    it('every bad input gets its own clear error, on its own request, and costs no other anything', async () => {
      const road = await opened(name, version)
      for (const [what, input, expected] of casesOf(name, version)) {
        await suffers(road, version, input(version), expected).catch((error: unknown) => {
          throw new Error(`After ${what}`, { cause: error })
        })
        road.heard.length = 0
      }
    })
  })
})

describe.each(['frames', 'process'] as const)('names of prototypes, over %s', (name) => {
  it.each([modern, legacy])('are names like any other, in %s', async (version) => {
    const road = await opened(name, version)
    road.send(call(version, 1, 'constructor', { toString: 'a' }))
    expect(textOf(await road.answer(1))).toBe('a')
    road.send(call(version, 2, 'constructor', {}))
    expect(textOf(await road.answer(2))).toContain('toString')
    expect((await road.answer(2)).result).toMatchObject({ isError: true })
    const odd = `{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"keys","arguments":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"_meta":${JSON.stringify(envelope(version)).replace('{', '{"__proto__":{"polluted":1},')}}}`
    road.send(isModern(version) ? odd : odd.replace(/,"_meta".*/, '}}'))
    expect(textOf(await road.answer(3))).toBe('__proto__,constructor true undefined')
    road.send(request(version, 4, 'prompts/get', { name: 'hasOwnProperty', arguments: { constructor: 'b' } }))
    expect((await road.answer(4)).result).toMatchObject({ messages: [{ content: { text: 'b' } }] })
    road.send(request(version, 5, 'resources/read', { uri: 'thing://__proto__' }))
    expect((await road.answer(5)).result).toMatchObject({ contents: [{ text: 'The __proto__.' }] })
    road.send(call(version, 6, 'add', { a: 1, b: 'two' }))
    expect(textOf(await road.answer(6))).toContain('Invalid arguments for add: b: expected number')
    expect((await road.answer(6)).result).toMatchObject({ isError: true })
  })

  it('a handshake of prototypes declares nothing', async () => {
    const road = await opened(name, modern)
    road.send(
      `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"__proto__","capabilities":{"__proto__":{"elicitation":{}}},"clientInfo":{"name":"x","version":"1","__proto__":{"polluted":1}}}}`,
    )
    expect((await road.answer(1)).result).toMatchObject({ protocolVersion: legacy })
    road.send(call(legacy, 2, 'ask'))
    expect((await road.answer(2)).error).toMatchObject({
      code: -32600,
      message: expect.stringContaining('elicitation'),
    })
  })
})

const throwers = ['error', 'text', 'object', 'nothing', 'symbol', 'bare', 'output', 'form'].map(
  (kind) => `throw-${kind}`,
)

describe.each(['frames', 'lines', 'process'] as const)('T18: what a handler throws, over %s', (name) => {
  it.each(revisions.map(({ version }) => version))('stays inside whole, in %s', async (version) => {
    const errors: Heard[] = []
    const road = await opened(name, version, errors)
    for (const tool of throwers) {
      road.send(call(version, tool, tool))
      expect([tool, (await road.answer(tool)).result]).toEqual([tool, expect.objectContaining({ isError: true })])
      expect(textOf(await road.answer(tool))).toMatch(/^Internal error \([\da-f-]{36}\)$/)
    }
    const complete = { ref: { type: 'ref/resource', uri: 'throw://{x}/{y}' }, argument: { name: 'x', value: '' } }
    const requests: [string, JsonObject][] = [
      ['prompts/get', { name: 'throw' }],
      ['resources/read', { uri: 'throw://now' }],
      ['resources/read', { uri: 'throw://a/b' }],
      ['completion/complete', complete],
      ['custom/throw', {}],
    ]
    for (const [at, [method, params]] of requests.entries()) {
      road.send(request(version, at, method, params))
      expect((await road.answer(at)).error).toEqual({
        code: -32603,
        message: expect.stringMatching(/^Internal error \([\da-f-]{36}\)$/),
        data: { correlationId: expect.stringMatching(/^[\da-f-]{36}$/) },
      })
    }
    road.send(call(version, 'told', 'throw-told'))
    expect((await road.answer('told')).result).toMatchObject({
      isError: true,
      content: [{ type: 'text', text: 'told' }],
    })
    road.send(call(version, 'rpc', 'throw-rpc'))
    expect((await road.answer('rpc')).error).toEqual({ code: 7, message: 'told' })
    expect(road.text).not.toContain(secret)
    expect(road.text).not.toContain('victim.mjs')
    if (road.complaints !== undefined) {
      await road.close()
      open.length = 0
      for (const part of ['message', 'cause']) expect(road.complaints()).toContain(`${secret} as the ${part}`)
      return
    }
    expect(errors.map(([, id]) => id)).toEqual(road.text.match(/(?<=error \()[\da-f-]{36}/g))
    const [[first] = []] = errors
    expect(first).toMatchObject({ message: `${secret} as the message`, code: secret, data: { key: secret } })
    expect(first).toHaveProperty('cause.message', `${secret} as the cause`)
    expect(errors[1]?.[0]).toBe(secret)
  })
})
