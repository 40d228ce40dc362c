import { methodNotFound, RpcError } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { decode, encode, Encoded, errorObject, failure, readMessage, success } from '../src/index.ts'
import type { Message } from '../src/index.ts'

const rpc = { jsonrpc: '2.0' }
const brokenBy = (value: unknown): { code: number; id: unknown; response: boolean } => {
  const message = readMessage(value)
  if (message.kind !== 'broken') throw new Error(`read as ${message.kind}`)
  return { code: message.error.code, id: message.id, response: message.response }
}

describe('readMessage', () => {
  it.each<[unknown, string]>([
    [{ ...rpc, id: 1, method: 'a' }, 'request'],
    [{ ...rpc, id: 0, method: 'a', params: {} }, 'request'],
    [{ ...rpc, id: '', method: '' }, 'request'],
    [{ ...rpc, id: -1, method: 'a' }, 'request'],
    [{ ...rpc, id: Number.MAX_SAFE_INTEGER, method: 'a' }, 'request'],
    [{ ...rpc, method: 'a' }, 'notification'],
    [{ ...rpc, id: 1, result: {} }, 'result'],
    [{ ...rpc, id: 1, error: { code: 1, message: '' } }, 'error'],
    [{ ...rpc, error: { code: 1, message: '' } }, 'error'],
    [{ ...rpc, id: null, error: { code: 1, message: '' } }, 'error'],
    [[{ ...rpc, method: 'a' }], 'batch'],
    [[], 'batch'],
  ])('reads %j as a %s', (value, kind) => {
    expect(readMessage(value).kind).toBe(kind)
  })

  it.each([null, true, 1.5, 9_007_199_254_740_992, 1e300, Number.NaN, {}, [], [1]])(
    'B1: %j is no id, and is never echoed',
    (id) => {
      expect(brokenBy({ ...rpc, id, method: 'tools/list' })).toEqual({ code: -32600, id: undefined, response: false })
    },
  )

  it('B1: keeps the JSON type of an id', () => {
    expect(readMessage({ ...rpc, id: '7', method: 'a' })).toMatchObject({ id: '7' })
    expect(readMessage({ ...rpc, id: 7, method: 'a' })).toMatchObject({ id: 7 })
  })

  it.each([null, 1, 'x', true, undefined])('%j is no message', (value) => {
    expect(brokenBy(value)).toEqual({ code: -32600, id: undefined, response: false })
  })

  it.each([
    [{ id: 3, method: 'a' }, -32600, 3, false],
    [{ jsonrpc: '1.0', id: 'x', method: 'a' }, -32600, 'x', false],
    [{ jsonrpc: 2, method: 'a' }, -32600, undefined, false],
    [{ id: 3, result: {} }, -32600, 3, true],
    [{ ...rpc, id: 3 }, -32600, 3, false],
    [{ ...rpc, id: 3, method: 5 }, -32600, 3, false],
    [{ ...rpc, id: 3, method: null, result: {} }, -32600, 3, false],
    [{ ...rpc, id: 3, method: 'a', result: {} }, -32600, 3, false],
    [{ ...rpc, id: 3, method: 'a', error: { code: 1, message: '' } }, -32600, 3, false],
    [{ ...rpc, id: 3, method: 'a', params: [1] }, -32602, 3, false],
    [{ ...rpc, id: 3, method: 'a', params: null }, -32602, 3, false],
    [{ ...rpc, id: 3, method: 'a', params: 'x' }, -32602, 3, false],
  ])('refuses %j', (value, code, id, response) => {
    expect(brokenBy(value)).toEqual({ code, id, response })
  })

  it('B3: a notification with unreadable params is marked as one that gets no answer', () => {
    expect(brokenBy({ ...rpc, method: 'notifications/x', params: [] })).toMatchObject({ code: -32602, response: true })
  })

  it.each([
    [{ ...rpc, id: 3, result: {}, error: { code: 1, message: '' } }],
    [{ ...rpc, id: 3, result: null }],
    [{ ...rpc, id: 3, result: [] }],
    [{ ...rpc, id: 3, result: 'x' }],
    [{ ...rpc, id: 3, error: null }],
    [{ ...rpc, id: 3, error: 'x' }],
    [{ ...rpc, id: 3, error: { code: '1', message: '' } }],
    [{ ...rpc, id: 3, error: { code: 1.5, message: '' } }],
    [{ ...rpc, id: 3, error: { code: 1 } }],
  ])('B3: %j is no response, keeps its id, and is not to be answered', (value) => {
    expect(brokenBy(value)).toEqual({ code: -32600, id: 3, response: true })
  })

  it('a result without an id answers nothing', () => {
    expect(brokenBy({ ...rpc, result: {} })).toEqual({ code: -32600, id: undefined, response: true })
    expect(brokenBy({ ...rpc, id: null, result: {} })).toEqual({ code: -32600, id: undefined, response: true })
  })

  it('classifies every member of an array, and reads none inside a nested one', () => {
    const message = readMessage([{ ...rpc, id: 1, method: 'a' }, 1, [{ ...rpc, id: 2, method: 'a' }]])
    expect(message.kind === 'batch' && message.messages.map(({ kind }) => kind)).toEqual([
      'request',
      'broken',
      'broken',
    ])
  })

  it('reads a __proto__ member as a member and nothing else', () => {
    const text =
      '{"jsonrpc":"2.0","id":1,"__proto__":{"method":"a","result":{}},"method":"b","params":{"__proto__":{"x":1}}}'
    const message = decode(text)
    expect(message).toMatchObject({ kind: 'request', id: 1, method: 'b' })
    expect(message.kind === 'request' && message.params?.['x']).toBeUndefined()
    expect(brokenBy(JSON.parse('{"__proto__":{"jsonrpc":"2.0","method":"a"}}'))).toMatchObject({ code: -32600 })
    expect(Object.hasOwn({}, 'x')).toBe(false)
  })

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])(
    '%s is a method name like any other',
    (method) => {
      expect(readMessage({ ...rpc, id: 1, method })).toMatchObject({ kind: 'request', method })
    },
  )

  it('members in another case are other members', () => {
    expect(brokenBy({ ...rpc, id: 1, Method: 'a' })).toMatchObject({ code: -32600, id: 1 })
  })
})

describe('decode', () => {
  it('B1: bytes that are no UTF-8 or no JSON come back as a parse error without an id', () => {
    for (const input of [new Uint8Array([0x7b, 0xff, 0x7d]), '{"jsonrpc"', '', 'null x', '\uFEFF{}']) {
      expect(decode(input)).toMatchObject({ kind: 'broken', id: undefined, response: false, error: { code: -32700 } })
    }
  })

  it('counts nesting before it builds anything', () => {
    const nested = (levels: number): string =>
      `{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":${'['.repeat(levels)}${']'.repeat(levels)}}}`
    expect(decode(nested(126)).kind).toBe('request')
    expect(decode(nested(127))).toMatchObject({ kind: 'broken', error: { code: -32700 } })
    expect(decode(nested(20), { depth: 10 })).toMatchObject({ kind: 'broken', error: { code: -32700 } })
  })
})

describe('encode', () => {
  it.each<Message>([
    { kind: 'request', id: 1, method: 'tools/call', params: { name: 'é\n"\u2028', list: [1, null] } },
    { kind: 'request', id: '"\\', method: 'm', params: undefined },
    { kind: 'notification', method: 'n', params: { a: 1 } },
    { kind: 'notification', method: 'n', params: undefined },
    { kind: 'result', id: 0, result: { a: [{}] } },
    { kind: 'error', id: 'x', error: { code: -32601, message: 'no', data: { a: 1 } } },
    { kind: 'error', id: undefined, error: { code: -32700, message: 'no' } },
    {
      kind: 'batch',
      messages: [
        { kind: 'result', id: 1, result: {} },
        { kind: 'error', id: 2, error: { code: 1, message: '' } },
      ],
    },
  ])('T1: %j survives the round trip on one line', (message) => {
    const text = encode(message)
    expect(text).not.toMatch(/[\n\r]/)
    expect(decode(text)).toEqual(message)
  })

  it('writes the text of an encoded result as it is', () => {
    expect(encode(success(1, new Encoded('{"a":  1}')))).toBe('{"jsonrpc":"2.0","id":1,"result":{"a":  1}}')
  })

  it('B3: leaves the id of an unreadable request out', () => {
    expect(encode(failure(undefined, errorObject(methodNotFound('x'))))).toBe(
      '{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found: x"}}',
    )
  })

  it('throws for what cannot be sent', () => {
    expect(() => encode(readMessage(1))).toThrow(TypeError)
    expect(() => encode(success(1, { big: 1n }))).toThrow(TypeError)
  })

  it('error data is written only where there is some', () => {
    expect(errorObject(new RpcError(5, 'm'))).toEqual({ code: 5, message: 'm' })
    expect(errorObject(new RpcError(5, 'm', null))).toEqual({ code: 5, message: 'm', data: null })
  })
})
