import { failure, success } from '@parley/protocol'
import type { Exchange, Responder, RpcNotification, RpcResponse } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import { layOut } from '../src/transcripts/layout.ts'
import { conceal, fillIn, matches } from '../src/transcripts/placeholders.ts'
import { play } from '../src/transcripts/play.ts'
import { readTranscript, writeTranscript } from '../src/transcripts/transcript.ts'

type Rig = Responder & { seen: unknown[]; heard: RpcNotification[] }

/** A server that does what the method says, and notes what it was sent. */
const server = (): Rig => {
  const seen: unknown[] = []
  const heard: RpcNotification[] = []
  const respond = async (exchange: Exchange): Promise<RpcResponse> => {
    const { request, ask, session } = exchange
    seen.push({ id: request.id, method: request.method, params: request.params })
    switch (request.method) {
      case 'initialize':
        if (session !== undefined) session.state.version = String(request.params?.['protocolVersion'])
        return success(request.id, { protocolVersion: 'x', capabilities: {}, serverInfo: { name: 's', version: '1' } })
      case 'random':
        return success(request.id, { nextCursor: crypto.randomUUID(), note: `see ${crypto.randomUUID()}` })
      case 'ask':
        return success(request.id, (await ask?.('q', { n: 1 })) ?? {})
      case 'noisy':
        await exchange.notify('notifications/x', { n: 1 })
        return success(request.id, {
          _meta: { 'io.modelcontextprotocol/serverInfo': { name: 's', version: '1' }, mine: 1 },
        })
      case 'mute':
        return new Promise(() => undefined)
      case 'bad':
        return failure(request.id, { code: 1, message: 'no' })
      default:
        return success(request.id, {})
    }
  }
  return { seen, heard, respond, hear: (notification) => void heard.push(notification) }
}

const legacy = '2025-06-18'
const modern = '2026-07-28'

const played = async (text: string, revision = legacy, rig = server()): Promise<string> =>
  writeTranscript(await play(readTranscript(text), rig, { revision, recording: false, patience: 20 }))
const recorded = async (text: string, revision = legacy, rig = server()): Promise<string> =>
  writeTranscript(await play(readTranscript(text), rig, { revision, recording: true, silence: 20 }))

describe('a transcript', () => {
  it('is read and written without a change', () => {
    const text = 'Title\nclient: {"name": "me"}\n\nprose\n--> {"a":\n    1}\n<-- {}\n\nmore prose\n'
    const transcript = readTranscript(text)
    expect(writeTranscript(transcript.parts)).toBe(text)
    expect(transcript).toMatchObject({
      title: 'Title',
      client: { name: 'me', version: '1', capabilities: {} },
      handshake: true,
    })
    expect(transcript.parts.filter(({ kind }) => kind !== 'prose')).toMatchObject([
      { kind: 'sent', text: '{"a":\n1}' },
      { kind: 'received', text: '{}' },
    ])
  })

  it.each(['', '\nx', '--> {}'])('has a title, and %j has none', (text) => {
    expect(() => readTranscript(text)).toThrow(SyntaxError)
  })

  it('opens a legacy conversation itself, unless it shows that or is told not to', async () => {
    const methods = async (text: string, revision = legacy): Promise<unknown[]> => {
      const rig = server()
      await played(text, revision, rig)
      return [...rig.seen.map((each) => (each as { method: string }).method), ...rig.heard.map(({ method }) => method)]
    }
    const line = '--> {"method": "a"}\n<-- {"result": {}}\n'
    expect(await methods(`T\n${line}`)).toEqual(['initialize', 'a', 'notifications/initialized'])
    expect(await methods(`T\nhandshake: none\n${line}`)).toEqual(['a'])
    expect(await methods(`T\n${line}--> {"method": "initialize"}\n`)).toEqual(['a', 'initialize'])
    expect(await methods(`T\n${line}`, modern)).toEqual(['a'])
  })
})

describe('what is left out', () => {
  it('is put in: ids, the modern envelope, and who the client is', async () => {
    const rig = server()
    await played(
      'T\nclient: {"name": "me", "capabilities": {"roots": {}}}\n--> {"method": "a", "params": {"x": 1, "_meta": {"y": 2}}}\n--> {"id": "own", "method": "b"}\n',
      modern,
      rig,
    )
    const envelope = {
      'io.modelcontextprotocol/protocolVersion': modern,
      'io.modelcontextprotocol/clientInfo': { name: 'me', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': { roots: {} },
    }
    expect(rig.seen).toEqual([
      { id: 1, method: 'a', params: { x: 1, _meta: { ...envelope, y: 2 } } },
      { id: 'own', method: 'b', params: { _meta: envelope } },
    ])
  })

  it('is not, where a line spells `jsonrpc`', async () => {
    const rig = server()
    await played('T\n--> {"jsonrpc": "2.0", "id": 5, "method": "a"}\n', modern, rig)
    expect(rig.seen).toEqual([{ id: 5, method: 'a', params: undefined }])
  })

  it('is left out of what is recorded, unless it has to be told', async () => {
    expect(await recorded('T\n--> {"method": "noisy"}\n', modern)).toBe(
      'T\n--> {"method": "noisy"}\n<-- { "method": "notifications/x", "params": { "n": 1 } }\n<-- { "result": { "_meta": { "mine": 1 } } }\n',
    )
    expect(await recorded('T\n--> {"method": "mute"}\n--> {"method": "a"}\n')).toContain(
      '<-- { "id": 2, "result": {} }',
    )
  })

  it('an answer goes to the question that waits', async () => {
    expect(await recorded('T\n--> {"method": "ask"}\n--> {"result": {"is": 7}}\n')).toBe(
      'T\n--> {"method": "ask"}\n<-- { "method": "q", "params": { "n": 1 } }\n--> {"result": {"is": 7}}\n<-- { "result": { "is": 7 } }\n',
    )
    await expect(played('T\n--> {"result": {}}\n')).rejects.toThrow(SyntaxError)
  })
})

describe('a conversation that turned out otherwise', () => {
  const text = (answer: string): string =>
    `T\n--> {"method": "bad"}\n${answer}\n--> {"method": "a"}\n<-- {"result": {}}\n`

  it('is the same text where every line is true, however it is laid out', async () => {
    const same = text('<-- {\n  "error": {"message": "no",\n  "code": 1}\n  }')
    expect(await played(same)).toBe(same)
  })

  it('has the true line in the place of a false one', async () => {
    expect(await played(text('<-- {"error": {"code": 2, "message": "no"}}'))).toBe(
      text('<-- { "error": { "code": 1, "message": "no" } }'),
    )
  })

  it('has a line more where one came that is not there', async () => {
    expect(await played('T\n--> {"method": "bad"}\n--> {"method": "noisy"}\n<-- {"result": {}}\n', modern)).toContain(
      '"notifications/x"',
    )
    expect(await played('T\n--> {"method": "bad"}\n')).toBe(
      'T\n--> {"method": "bad"}\n<-- { "error": { "code": 1, "message": "no" } }\n',
    )
  })

  it('has a line less where none came', async () => {
    expect(await played('T\n--> {"method": "mute"}\n<-- {"result": {}}\n')).toBe('T\n--> {"method": "mute"}\n')
  })

  it('an id of another type is another id', async () => {
    const wrong = 'T\n--> {"id": 1, "method": "a"}\n<-- {"id": "1", "result": {}}\n'
    expect(await played(wrong)).not.toBe(wrong)
  })
})

describe('placeholders', () => {
  it('stand for what differs from run to run', async () => {
    const text = await recorded('T\n--> {"method": "random"}\n')
    expect(text).toBe(
      'T\n--> {"method": "random"}\n<-- { "result": { "nextCursor": "<cursor>", "note": "see <id>" } }\n',
    )
    expect(await played(text)).toBe(text)
  })

  it.each<[unknown, unknown, boolean]>([
    ['<a>', 'x', true],
    ['<a>', '', false],
    ['<a>', 5, false],
    ['see <a>.', 'see x.', true],
    ['see <a>.', 'see x', false],
    ['<a>-<b>', 'x-y', true],
    ['<a>-<a>', 'x-x', true],
    ['<a>-<a>', 'x-y', false],
    ['<b>', '<b>', true],
    [['<a>', { k: '<a>' }], ['x', { k: 'x' }], true],
    [['<a>', '<a>'], ['x', 'y'], false],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1, b: 2 }, { a: 1 }, false],
    [[1], { 0: 1 }, false],
    [null, null, true],
    [0, -1, false],
  ])('%j on %j', (pattern, actual, expected) => {
    expect(matches(pattern, actual, new Map())).toBe(expected)
  })

  it('are one value for the whole conversation, put into what is sent', () => {
    const captures = new Map<string, string>()
    expect(matches({ a: '<s>' }, { a: 'one' }, captures)).toBe(true)
    expect(matches({ a: '<s>' }, { a: 'two' }, captures)).toBe(false)
    expect(fillIn('{"b": "<s>", "c": "<other>"}', captures)).toBe('{"b": "one", "c": "<other>"}')
  })

  it('have a name for each value, and the same for the same', () => {
    const captures = new Map<string, string>()
    const state = { requestState: 'one', inner: { requestState: 'two' }, again: { requestState: 'one' } }
    expect(conceal(state, captures)).toEqual({
      requestState: '<state>',
      inner: { requestState: '<state2>' },
      again: { requestState: '<state>' },
    })
  })
})

describe('layOut', () => {
  it('puts on one line what fits there', () => {
    expect(layOut({ a: [1, 'x', null], b: {} })).toBe('{ "a": [1, "x", null], "b": {} }')
  })

  it('gives each member a line where it does not, and says the same', () => {
    const value = { long: 'x'.repeat(100), list: [{ a: 'y'.repeat(90) }, 2] }
    const text = layOut(value)
    expect(text.split('\n').length).toBeGreaterThan(3)
    expect(
      text
        .split('\n')
        .slice(1)
        .every((line) => line.startsWith('    ')),
    ).toBe(true)
    expect(JSON.parse(text)).toEqual(value)
  })
})
