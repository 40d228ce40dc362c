import { InvalidResult } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { clientRevisions, revisions } from '../../src/index.ts'
import type { ClientRevision, ClientSelf } from '../../src/index.ts'
import { clientCapabilities, clientInfo, logLevel, protocolVersion } from './rig.ts'

const me: ClientSelf = { info: { name: 'me', version: '1' }, capabilities: { roots: {} } }
const [modern, ...legacy] = clientRevisions as readonly [ClientRevision, ...ClientRevision[]]

it('there is an asking half for every revision, newest first', () => {
  expect(clientRevisions.map(({ version, era, batches }) => ({ version, era, batches }))).toEqual(revisions)
})

describe('the asking half of 2026-07-28', () => {
  it('B8: puts version, capabilities and name into every request, beside what is there', () => {
    expect(modern.writeCall({ method: 'tools/list', params: { cursor: 'x' }, meta: { traceparent: 't' } }, me)).toEqual(
      {
        cursor: 'x',
        _meta: {
          traceparent: 't',
          [protocolVersion]: '2026-07-28',
          [clientInfo]: me.info,
          [clientCapabilities]: { roots: {} },
        },
      },
    )
  })

  it('B8: the envelope cannot be overridden by extra keys', () => {
    const meta = { [protocolVersion]: 'x', [clientCapabilities]: 'y' }
    expect(modern.writeCall({ method: 'a', params: {}, meta }, me)['_meta']).toMatchObject({
      [protocolVersion]: '2026-07-28',
      [clientCapabilities]: { roots: {} },
    })
  })

  it('P6: asks for log lines by level, and only where told to', () => {
    expect(modern.writeCall({ method: 'a', params: {}, logLevel: 'info' }, me)['_meta']).toHaveProperty(
      [logLevel],
      'info',
    )
    expect(modern.writeCall({ method: 'a', params: {} }, me)['_meta']).not.toHaveProperty([logLevel])
  })

  it('M6: a retry has the answers and the state as it came, and the first call has neither', () => {
    const draft = { method: 'tools/call', params: { name: 't' } }
    expect(modern.writeCall({ ...draft, answers: { k: {} }, state: 's' }, me)).toMatchObject({
      name: 't',
      inputResponses: { k: {} },
      requestState: 's',
    })
    expect(Object.keys(modern.writeCall(draft, me))).toEqual(['_meta', 'name'])
    expect(modern.writeCall({ ...draft, state: '' }, me)).toMatchObject({ requestState: '' })
  })

  it('B7: a result without a resultType is complete', () => {
    expect(modern.readOutcome('tools/call', { content: [] })).toEqual({ kind: 'complete', result: { content: [] } })
  })

  it.each(['task', '', 'INPUT_REQUIRED', null, 5, {}])('B7: resultType %j makes it invalid', (resultType) => {
    expect(() => modern.readOutcome('tools/call', { content: [], resultType })).toThrow(InvalidResult)
  })

  it.each<[string, JsonObject]>([
    ['tools/call', {}],
    ['tools/call', { content: 'x' }],
    ['tools/list', { tools: {} }],
    ['tools/list', { tools: [{ name: 't' }] }],
    ['resources/read', { contents: [{ text: 'no uri' }] }],
    ['server/discover', { capabilities: {} }],
    ['completion/complete', { completion: {} }],
  ])('%s cannot be answered with %j', (method, result) => {
    expect(() =>
      modern.readOutcome(method, { resultType: 'complete', ttlMs: 0, cacheScope: 'private', ...result }),
    ).toThrow(InvalidResult)
  })

  it('A4: absent caching hints spoil nothing: not fresh, and private', () => {
    expect(modern.readOutcome('tools/list', { resultType: 'complete', tools: [] })).toEqual({
      kind: 'complete',
      result: { resultType: 'complete', tools: [], ttlMs: 0, cacheScope: 'private' },
    })
  })

  it('M2: reads what is asked, and the state that goes with it', () => {
    const inputRequests = { k: { method: 'roots/list' } }
    const result = { resultType: 'input_required', inputRequests, requestState: 's' }
    expect(modern.readOutcome('tools/call', result)).toEqual({
      kind: 'input_required',
      requests: inputRequests,
      state: 's',
    })
    expect(modern.readOutcome('prompts/get', { resultType: 'input_required', inputRequests })).toEqual({
      kind: 'input_required',
      requests: inputRequests,
    })
    expect(modern.readOutcome('resources/read', { resultType: 'input_required', requestState: '' })).toEqual({
      kind: 'input_required',
      requests: {},
      state: '',
    })
  })

  it.each<[string, JsonObject]>([
    ['tools/call', {}],
    ['tools/call', { inputRequests: {} }],
    ['tools/call', { inputRequests: [] }],
    ['tools/call', { inputRequests: { k: { method: 'tools/list' } } }],
    ['tools/call', { inputRequests: { k: 5 } }],
    ['tools/call', { requestState: 5 }],
  ])('M2: %s cannot be answered with input_required and %j', (method, rest) => {
    expect(() => modern.readOutcome(method, { resultType: 'input_required', ...rest })).toThrow(InvalidResult)
  })

  it('M1: nor may any other method', () => {
    const result = { resultType: 'input_required', requestState: 's' }
    for (const method of ['tools/list', 'completion/complete', 'server/discover', 'subscriptions/listen']) {
      expect(() => modern.readOutcome(method, result)).toThrow(InvalidResult)
    }
  })

  it('names what is wrong with a server’s own params', () => {
    expect(modern.paramsFault('notifications/progress', { progressToken: 1, progress: 1 })).toBeUndefined()
    expect(modern.paramsFault('notifications/progress', { progressToken: 1 })).toContain('progress')
    expect(modern.paramsFault('notifications/unheard-of', {})).toBeUndefined()
  })
})

describe.each(legacy)('the asking half of $version', (revision) => {
  it('sends params as they are, and _meta only where there is some', () => {
    expect(revision.writeCall({ method: 'tools/list', params: { cursor: 'x' } }, me)).toEqual({ cursor: 'x' })
    expect(revision.writeCall({ method: 'tools/list', params: {}, meta: { a: 1 } }, me)).toEqual({ _meta: { a: 1 } })
  })

  it('reads every result as complete', () => {
    expect(revision.readOutcome('tools/call', { content: [] })).toEqual({ kind: 'complete', result: { content: [] } })
    expect(revision.readOutcome('custom/method', { any: 1 })).toEqual({ kind: 'complete', result: { any: 1 } })
  })

  it.each<[string, JsonObject]>([
    ['initialize', { protocolVersion: 5 }],
    ['tools/list', {}],
    ['tools/call', { content: [{}] }],
    ['prompts/get', { messages: 'x' }],
  ])('%s cannot be answered with %j', (method, result) => {
    expect(() => revision.readOutcome(method, result)).toThrow(InvalidResult)
  })

  it('names what is wrong with a server’s own params', () => {
    expect(revision.paramsFault('elicitation/create', { message: 'x' })).toContain('params')
    expect(revision.paramsFault('roots/list', {})).toBeUndefined()
  })
})
