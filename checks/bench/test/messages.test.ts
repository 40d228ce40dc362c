import { describe, expect, it } from 'vitest'
import { headerOf, messagesIn, requestText } from '../src/http-connection.ts'
import { addition, callText, checkAnswer, legacy, modern, readAnswer, toldAddition } from '../src/messages.ts'

describe('a call', () => {
  it('is different each time, up to a thousand', () => {
    expect(addition(3)).toEqual({ name: 'add', arguments: { a: 3, b: 7 }, expected: '10' })
    expect(addition(1003)).toEqual(addition(3))
    expect(toldAddition(3)).toEqual({ ...addition(3), name: 'tell', notified: 1 })
  })

  it('is bare in the legacy era, and says who calls in the modern one', () => {
    const call = { jsonrpc: '2.0', id: 5, method: 'tools/call' }
    const params = { name: 'add', arguments: { a: 3, b: 7 } }
    expect(JSON.parse(callText(legacy, 5, addition(3)))).toEqual({ ...call, params })
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': modern,
      'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    expect(JSON.parse(callText(modern, 5, addition(3)))).toEqual({ ...call, params: { ...params, _meta } })
  })

  it('asks for progress, by its id, where notifications must come', () => {
    expect(JSON.parse(callText(legacy, 5, toldAddition(3)))).toMatchObject({ params: { _meta: { progressToken: 5 } } })
    expect(JSON.parse(callText(modern, 6, toldAddition(3)))).toMatchObject({
      params: { _meta: { progressToken: 6, 'io.modelcontextprotocol/protocolVersion': modern } },
    })
  })
})

describe('an answer', () => {
  const answer = (result: object) => readAnswer(JSON.stringify({ jsonrpc: '2.0', id: 1, result }))
  const content = [{ type: 'text', text: '10' }]

  it('is right with the text that was expected', () => {
    expect(() => checkAnswer(answer({ content }), '10')).not.toThrow()
  })

  it.each([
    ['another text', answer({ content: [{ type: 'text', text: '11' }] })],
    ['no text', answer({ content: [] })],
    ['a failed tool', answer({ content, isError: true })],
    ['an error', readAnswer('{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"10"}}')],
  ])('is wrong with %s', (_, wrong) => {
    expect(() => checkAnswer(wrong, '10')).toThrow(/^A call was answered with \{"jsonrpc":"2\.0","id":1,/)
  })
})

describe('HTTP', () => {
  it('has a header by its lower-case name, and no header of the status line', () => {
    const head = 'HTTP/1.1 200 a: b\r\nContent-Type:  text/plain \r\nX-Time: 10:20\r\n:odd'
    expect(headerOf(head, 'content-type')).toBe('text/plain')
    expect(headerOf(head, 'x-time')).toBe('10:20')
    expect(headerOf(head, 'content')).toBeUndefined()
    expect(headerOf(head, '')).toBeUndefined()
  })

  it('has a body, counted in bytes, in a POST alone', () => {
    expect(requestText(80, 'POST', 'x: y\r\n', 'né').split('\r\n')).toEqual([
      'POST /mcp HTTP/1.1',
      'host: 127.0.0.1:80',
      'accept: application/json, text/event-stream',
      'content-type: application/json',
      'content-length: 3',
      'x: y',
      '',
      'né',
    ])
    expect(requestText(80, 'GET', 'x: y\r\n').split('\r\n')).toEqual([
      'GET /mcp HTTP/1.1',
      'host: 127.0.0.1:80',
      'accept: application/json, text/event-stream',
      'x: y',
      '',
      '',
    ])
  })

  it('has one message in a JSON body, and none in an empty one', () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json'
    expect(messagesIn({ status: 200, head, body: '{"id":1}' })).toEqual(['{"id":1}'])
    expect(messagesIn({ status: 202, head, body: '' })).toEqual([])
  })

  it('has a message in every event with data, whichever way its lines end', () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8'
    const body = 'id: 0\ndata:\n\nevent: message\ndata: {"a":\ndata: 1}\n\n: still here\n\ndata:{"b":2}\r\n\r\n'
    expect(messagesIn({ status: 200, head, body })).toEqual(['{"a":\n1}', '{"b":2}'])
  })
})
