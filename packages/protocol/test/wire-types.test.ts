import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { explain } from '../src/fault.ts'
import type { Fault } from '../src/fault.ts'
import * as client from '../src/revisions/2026-07-28/validators/client.gen.ts'
import * as server from '../src/revisions/2026-07-28/validators/server.gen.ts'
import { check, faultIn } from '../src/shape.ts'
import { official } from './generated/2026-07-28.gen.ts'

const folder = fileURLToPath(new URL('../../../../shared/spec/2026-07-28/examples', import.meta.url))

type Example = { type: string; name: string; value: Record<string, unknown> }

const read = (type: string): Example[] =>
  readdirSync(`${folder}/${type}`).map((name) => ({
    type,
    name,
    value: JSON.parse(readFileSync(`${folder}/${type}/${name}`, 'utf8')),
  }))

const isPresent = existsSync(folder)
const examples = isPresent ? readdirSync(folder).flatMap(read) : []

/** The examples that break the schema they are filed under, and the fault that we find. */
const broken = new Map([
  ['ReadResourceResultResponse/read-resource-result-response.json', 'it.result has none of the shapes allowed here'],
])

const told = (fault: Fault | undefined): string | undefined => fault && explain(fault, 'it')

const isHolder = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** What the tables say of a message's params, or `undefined` when they know no such method. */
const checkedParams = ({ type, value }: Example): (Fault | undefined)[] | undefined => {
  const method = String(value['method'])
  const params = value['params'] ?? {}
  if (type.endsWith('Notification')) {
    const shape = server.clientNotification(method) ?? client.serverNotification(method)
    return shape && [check(shape, params)]
  }
  if (server.clientRequest(method)) {
    const shape = server.clientRequest(method)
    return shape && [server.requestParams(params), server.retryParams(params), check(shape, params)]
  }
  const shape = client.serverRequest(method)
  return shape && [check(shape, params)]
}

describe.skipIf(!isPresent)('2026-07-28: the official examples (skipped without ../shared)', () => {
  it('has a validator for every type that has examples', () => {
    expect(readdirSync(folder).filter((type) => !official.has(type))).toEqual([])
    expect(examples.length).toBeGreaterThanOrEqual(129)
  })

  it.each(examples.map((example) => [`${example.type}/${example.name}`, example] as const))('%s', (path, example) => {
    expect(told(official.get(example.type)?.(example.value))).toBe(broken.get(path))
  })

  it('accepts every message by its method and direction', () => {
    const messages = examples.filter(({ value }) => 'method' in value)
    expect(messages.length).toBeGreaterThan(20)
    for (const message of messages) {
      expect([message.type, checkedParams(message)?.filter(Boolean)]).toEqual([message.type, []])
    }
  })

  it('accepts every result by the method of its request, or as a call for input', () => {
    const methods = new Map([
      ['CallToolResult', 'tools/call'],
      ['CompleteResult', 'completion/complete'],
      ['DiscoverResult', 'server/discover'],
      ['GetPromptResult', 'prompts/get'],
      ['ListPromptsResult', 'prompts/list'],
      ['ListResourceTemplatesResult', 'resources/templates/list'],
      ['ListResourcesResult', 'resources/list'],
      ['ListToolsResult', 'tools/list'],
      ['ReadResourceResult', 'resources/read'],
      ['SubscriptionsListenResult', 'subscriptions/listen'],
    ])
    const results = examples.filter(({ type }) => methods.has(type.replace(/Response$/, '')))
    expect(results.length).toBeGreaterThan(20)
    for (const { type, value } of results) {
      const result = type.endsWith('Response') ? value['result'] : value
      const isAsking = isHolder(result) && result['resultType'] === 'input_required'
      const method = methods.get(type.replace(/Response$/, '')) ?? ''
      const fault = isAsking ? client.inputRequiredResult(result) : faultIn(client.serverResult(method), result)
      // The example without ttlMs is no fault here: a client reads an absent one as 0.
      expect([type, told(fault)]).toEqual([type, undefined])
    }
  })
})

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}

describe('2026-07-28: what a server receives', () => {
  it.each(Object.keys(envelope))('B9: names a missing %s', (key) => {
    const rest = Object.fromEntries(Object.entries(envelope).filter(([name]) => name !== key))
    expect(told(server.requestParams({ _meta: rest }))).toBe(`it._meta["${key}"] is required`)
  })

  it('B9: names a missing _meta', () => {
    expect(told(server.requestParams({}))).toBe('it._meta is required')
    expect(server.requestParams({ _meta: envelope })).toBeUndefined()
  })

  it('P5: refuses a log level outside the eight', () => {
    const params = { _meta: { ...envelope, 'io.modelcontextprotocol/logLevel': 'loud' } }
    expect(told(server.requestParams(params))).toMatch(
      /^it\._meta\["io\.modelcontextprotocol\/logLevel"\] must be one of/,
    )
  })

  it('C5: takes a progress token that is a string or an integer', () => {
    const withToken = (progressToken: unknown) => server.requestParams({ _meta: { ...envelope, progressToken } })
    expect([withToken('a'), withToken(1)]).toEqual([undefined, undefined])
    expect(told(withToken(1.5))).toBe('it._meta.progressToken must be an integer or a string')
  })

  it('O6: refuses arguments that are no object', () => {
    expect(told(faultIn(server.clientRequest('tools/call'), { name: 'add', arguments: [1] }))).toBe(
      'it.arguments must be an object',
    )
  })

  it('P2: refuses prompt arguments that are no strings', () => {
    const params = { name: 'review', arguments: { 'a/b': 1 } }
    expect(faultIn(server.clientRequest('prompts/get'), params)).toEqual({
      path: '/arguments/a~1b',
      message: 'must be a string',
    })
  })

  it('M8: refuses a malformed map of answers, and leaves the answers for later', () => {
    expect(told(server.retryParams({ inputResponses: { who: 'me' } }))).toBe('it.inputResponses.who must be an object')
    expect(server.retryParams({ inputResponses: { who: { action: 7 } } })).toBeUndefined()
  })

  it('knows no method that it was not made for, whatever its name', () => {
    const names = ['constructor', '__proto__', 'toString', 'initialize', 'tools/', '']
    const found = names.map((name) => server.clientRequest(name) ?? client.serverResult(name))
    expect(found).toEqual(names.map(() => undefined))
  })
})

describe('2026-07-28: what a client receives', () => {
  it('B7, A4: takes a result without resultType and ttlMs, or with a negative ttlMs', () => {
    expect(faultIn(client.serverResult('tools/list'), { tools: [] })).toBeUndefined()
    expect(faultIn(client.serverResult('tools/list'), { tools: [], ttlMs: -1 })).toBeUndefined()
  })

  it('M2: takes three kinds of question and no other', () => {
    const asking = (method: string) => ({ resultType: 'input_required', inputRequests: { a: { method, params: {} } } })
    expect(client.inputRequiredResult(asking('roots/list'))).toBeUndefined()
    expect(told(client.inputRequiredResult(asking('tools/call')))).toBe(
      'it.inputRequests.a.method must be one of "sampling/createMessage", "elicitation/create", "roots/list"',
    )
  })

  it('O4: refuses a tool whose input schema is not of type object', () => {
    const tools = [{ name: 'add', inputSchema: { type: 'string' } }]
    expect(told(faultIn(client.serverResult('tools/list'), { tools }))).toBe(
      'it.tools[0].inputSchema.type must be "object"',
    )
  })

  it('O5: takes any JSON as the structured result', () => {
    for (const structuredContent of [null, 0.5, [1], 'a', {}]) {
      expect(faultIn(client.serverResult('tools/call'), { content: [], structuredContent })).toBeUndefined()
    }
  })

  it('I2: takes the five shapes of a choice', () => {
    const options = [{ const: 'r', title: 'Red' }]
    const properties = {
      plain: { type: 'string', enum: ['r'] },
      titled: { type: 'string', oneOf: options },
      several: { type: 'array', items: { type: 'string', enum: ['r'] } },
      severalTitled: { type: 'array', items: { anyOf: options } },
      legacy: { type: 'string', enum: ['r'], enumNames: ['Red'] },
    }
    const params = { message: 'Which?', requestedSchema: { type: 'object', properties } }
    const ask = (asked: unknown): Fault | undefined => faultIn(client.serverRequest('elicitation/create'), asked)
    expect(ask(params)).toBeUndefined()
    const nested = { ...params, requestedSchema: { type: 'object', properties: { a: { type: 'object' } } } }
    expect(told(ask(nested))).toMatch(/^it\.requestedSchema\.properties\.a\.type must be one of/)
  })
})
