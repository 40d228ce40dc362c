import { RpcError, userRefused } from '@parley/core'
import type { CreateMessageResult, ElicitFormParams, ElicitResult, JsonObject } from '@parley/core'
import { describe, expect, it, vi } from 'vitest'
import { defaultsOf, UrlElicitationRequired } from '../src/index.ts'
import type { ClientOptions, UrlAskContext } from '../src/index.ts'
import { failureOf, legacy, meet, settled } from './script.ts'
import type { Script } from './script.ts'

const schema = {
  type: 'object',
  properties: { name: { type: 'string', default: 'Ada' }, age: { type: 'integer', minimum: 0 } },
  required: ['name'],
} as const
const form = { message: 'Who?', requestedSchema: schema }
const visit = { mode: 'url', message: 'Pay', url: 'https://xn--bcher-kva.example:8443/pay', elicitationId: 'e1' }
const said: CreateMessageResult = { role: 'assistant', model: 'm', content: { type: 'text', text: 'Hi' } }
const chat = { messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }], maxTokens: 5 }

const put = async (options: Partial<ClientOptions>, method: string, params?: JsonObject): Promise<JsonObject> => {
  const script = legacy()
  await using client = await meet(script, options)
  expect(client.era).toBe('legacy')
  const { result, error } = await script.ask(method, params)
  return (result ?? error) as JsonObject
}

describe('a form', () => {
  it('I1: goes to its callback with who asks, and a missing mode means form', async () => {
    const onElicit = vi.fn((_: ElicitFormParams, _context: unknown): ElicitResult => ({
      action: 'accept',
      content: { name: 'Bo' },
    }))
    expect(await put({ onElicit }, 'elicitation/create', form)).toEqual({ action: 'accept', content: { name: 'Bo' } })
    expect(onElicit.mock.calls[0]).toEqual([
      form,
      { signal: expect.any(AbortSignal), server: { name: 'scripted', version: '1' } },
    ])
  })

  it.each(['decline', 'cancel'] as const)('I8: no content goes with %s', async (action) => {
    const answer = await put({ onElicit: () => ({ action, content: { name: 'Bo' } }) }, 'elicitation/create', form)
    expect(answer).toEqual({ action })
  })

  it('I8: an empty form is accepted with empty content', async () => {
    const empty = { message: 'Sure?', requestedSchema: { type: 'object', properties: {} } }
    expect(await put({ onElicit: () => ({ action: 'accept' }) }, 'elicitation/create', empty)).toEqual({
      action: 'accept',
      content: {},
    })
  })

  it.each([
    ['lacks a field', {}],
    ['has a wrong field', { name: 'Bo', age: -1 }],
  ])('I10: content that %s is not sent', async (_, content) => {
    const onError = vi.fn()
    const answer = await put({ onError, onElicit: () => ({ action: 'accept', content }) }, 'elicitation/create', form)
    expect(answer).toEqual({ code: -32603, message: 'Internal error' })
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ name: 'TypeError' }))
  })

  it('I10: brings defaults to begin with', () => {
    const properties = {
      ...schema.properties,
      tags: { type: 'array', items: { type: 'string', enum: ['a'] }, default: [] },
    } as const
    const requestedSchema = {
      ...schema,
      properties: {
        ...properties,
        tags: { ...properties.tags, default: ['a'], items: { type: 'string' as const, enum: ['a'] } },
      },
      required: [],
    }
    expect(defaultsOf(requestedSchema)).toEqual({ name: 'Ada', tags: ['a'] })
  })

  it('is declined when the callback says that the user refused', async () => {
    expect(await put({ onElicit: () => Promise.reject(userRefused()) }, 'elicitation/create', form)).toEqual({
      action: 'decline',
    })
  })

  it.each([
    ['no message', { requestedSchema: schema }],
    ['no schema', { message: 'Who?' }],
    ['an unknown mode', { ...form, mode: 'sms' }],
  ])('with %s is -32602', async (_, params) => {
    const onElicit = vi.fn()
    expect(await put({ onElicit }, 'elicitation/create', params)).toMatchObject({ code: -32602 })
    expect(onElicit).not.toHaveBeenCalled()
  })
})

describe('a URL', () => {
  it('I5: goes to its callback whole, with its host as it reads', async () => {
    const onElicitUrl = vi.fn((_: unknown, _context: UrlAskContext): ElicitResult => ({
      action: 'accept',
      content: { x: 1 },
    }))
    expect(await put({ onElicitUrl }, 'elicitation/create', visit)).toEqual({ action: 'accept' })
    expect(onElicitUrl.mock.calls[0]?.[0]).toEqual(visit)
    expect(onElicitUrl.mock.calls[0]?.[1].host).toBe('bücher.example:8443')
  })

  it.each([
    ['a form', form, { onElicitUrl: (): ElicitResult => ({ action: 'accept' }) }],
    ['a URL', visit, { onElicit: (): ElicitResult => ({ action: 'accept' }) }],
  ])('I1: %s in a mode that was not declared is -32602', async (_, params, options) => {
    expect(await put(options, 'elicitation/create', params)).toMatchObject({ code: -32602 })
  })

  it.each(['javascript:alert(1)', 'file:///etc/passwd', 'not a url'])('T41: %s is refused', async (url) => {
    const onElicitUrl = vi.fn()
    expect(await put({ onElicitUrl }, 'elicitation/create', { ...visit, url })).toMatchObject({ code: -32602 })
    expect(onElicitUrl).not.toHaveBeenCalled()
  })

  it('I9: its end is told once, and that of an unknown one never', async () => {
    const script = legacy()
    const onElicitComplete = vi.fn()
    await using client = await meet(script, { onElicitUrl: () => ({ action: 'accept' }), onElicitComplete })
    await script.ask('elicitation/create', visit)
    for (const elicitationId of ['other', 'e1', 'e1', 5])
      script.tell('notifications/elicitation/complete', { elicitationId })
    await script.ask('ping')
    expect(onElicitComplete.mock.calls).toEqual([['e1']])
    expect(client.era).toBe('legacy')
  })

  it('I9: -32042 is an error of its own, with what to visit', async () => {
    const data = { elicitations: [visit] }
    const script: Script = legacy({
      'tools/call': () => {
        throw new RpcError(-32042, 'Visit first', data)
      },
    })
    const onElicitComplete = vi.fn()
    await using client = await meet(script, { onElicitUrl: () => ({ action: 'accept' }), onElicitComplete })
    const error = await failureOf(client.callTool('pay'))
    expect(error).toBeInstanceOf(UrlElicitationRequired)
    expect(error).toMatchObject({ elicitations: [visit], message: 'Visit first', cause: { code: -32042 } })
    script.tell('notifications/elicitation/complete', { elicitationId: 'e1' })
    await script.ask('ping')
    expect(onElicitComplete.mock.calls).toEqual([['e1']])
  })

  it('-32042 without what to visit stays as it came', async () => {
    const script = legacy({
      'tools/call': () => {
        throw new RpcError(-32042, 'odd', { elicitations: 'none' })
      },
    })
    await using client = await meet(script)
    expect(await failureOf(client.callTool('pay'))).toMatchObject({ name: 'RpcError', code: -32042 })
  })
})

describe('sampling', () => {
  it('goes to its callback, and its content as it was given', async () => {
    const onSample = vi.fn((_: unknown): CreateMessageResult => ({ ...said, content: [{ type: 'text', text: 'Hi' }] }))
    expect(await put({ onSample }, 'sampling/createMessage', chat)).toEqual({
      ...said,
      content: [{ type: 'text', text: 'Hi' }],
    })
    expect(onSample.mock.calls[0]?.[0]).toEqual(chat)
  })

  it('Q5: a refusal is -1', async () => {
    const answer = await put({ onSample: () => Promise.reject(userRefused('No')) }, 'sampling/createMessage', chat)
    expect(answer).toEqual({ code: -1, message: 'No' })
  })

  it.each([
    ['tools', { tools: [] }],
    ['a tool choice', { toolChoice: { mode: 'auto' } }],
  ])('Q1: %s without the capability is -32602', async (_, rest) => {
    const onSample = vi.fn()
    expect(await put({ onSample }, 'sampling/createMessage', { ...chat, ...rest })).toMatchObject({ code: -32602 })
    expect(onSample).not.toHaveBeenCalled()
  })

  it('Q1: tools go to a client that takes them', async () => {
    const options = { onSample: (): CreateMessageResult => said, sampleTools: true }
    expect(await put(options, 'sampling/createMessage', { ...chat, tools: [] })).toEqual(said)
  })

  it('Q2: an unanswered tool use is -32602', async () => {
    const use = { role: 'assistant', content: [{ type: 'tool_use', id: 'u', name: 't', input: {} }] }
    const messages = [...chat.messages, use, { role: 'user', content: { type: 'text', text: 'and?' } }]
    expect(await put({ onSample: () => said }, 'sampling/createMessage', { ...chat, messages })).toMatchObject({
      code: -32602,
    })
  })

  it('masks what its callback throws, and tells onError', async () => {
    const onError = vi.fn()
    const secret = new Error('the key is 123')
    const answer = await put({ onError, onSample: () => Promise.reject(secret) }, 'sampling/createMessage', chat)
    expect(answer).toEqual({ code: -32603, message: 'Internal error' })
    expect(onError.mock.calls).toEqual([[secret]])
  })

  it('sends no message that is none', async () => {
    const answer = await put({ onSample: () => Object.assign({}, said, { model: 5 }) }, 'sampling/createMessage', chat)
    expect(answer).toMatchObject({ code: -32603 })
  })
})

describe('roots', () => {
  it.each([
    ['a list', [{ uri: 'file:///home', name: 'Home' }]],
    ['a function', async () => [{ uri: 'file:///home', name: 'Home' }]],
  ])('Q7: are given from %s', async (_, roots) => {
    expect(await put({ roots }, 'roots/list')).toEqual({ roots: [{ uri: 'file:///home', name: 'Home' }] })
  })

  it('Q7: from a function that gives anything but files are not sent', async () => {
    const onError = vi.fn()
    expect(await put({ onError, roots: () => [{ uri: 'http://x' }] }, 'roots/list')).toMatchObject({ code: -32603 })
    expect(onError).toHaveBeenCalledOnce()
  })

  it('Q7: that are set anew are announced', async () => {
    const script = legacy()
    await using client = await meet(script, { roots: [] })
    await client.setRoots([{ uri: 'file:///new' }])
    expect(script.methods.at(-1)).toBe('notifications/roots/list_changed')
    expect(await script.ask('roots/list')).toMatchObject({ result: { roots: [{ uri: 'file:///new' }] } })
    expect(await failureOf(client.setRoots([{ uri: 'http://x' }]))).toBeInstanceOf(TypeError)
  })

  it('L5: cannot be set on a client that never declared them', async () => {
    await using client = await meet(legacy())
    expect(await failureOf(client.setRoots([]))).toBeInstanceOf(TypeError)
  })
})

describe('a request to the client', () => {
  it('L6: that is a ping is answered with {}', async () => {
    expect(await put({}, 'ping')).toEqual({})
  })

  it.each(['elicitation/create', 'sampling/createMessage', 'roots/list', 'other/thing'])(
    'B14, Q7: for %s, undeclared, is -32601',
    async (method) => {
      expect(await put({}, method, {})).toMatchObject({ code: -32601 })
    },
  )

  it('C2: that is cancelled aborts its callback and gets no answer', async () => {
    const script = legacy()
    let heard: AbortSignal | undefined
    const onError = vi.fn()
    await using client = await meet(script, {
      onError,
      onSample: (_, { signal }) => {
        heard = signal
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
    })
    script.send({ id: 's', method: 'sampling/createMessage', params: chat })
    await settled()
    script.tell('notifications/cancelled', { requestId: 's', reason: 'never mind' })
    await script.ask('ping')
    expect(heard?.reason).toMatchObject({ name: 'AbortError', message: 'never mind' })
    expect(script.heard.filter((message) => message['id'] === 's')).toEqual([])
    expect(onError).not.toHaveBeenCalled()
    expect(client.era).toBe('legacy')
  })
})
