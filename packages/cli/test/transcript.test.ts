import type { JsonObject } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { readText, writeLine } from '../src/transcript/notation.ts'
import { Replay } from '../src/transcript/replay.ts'
import type { Replayed } from '../src/transcript/replay.ts'

describe('a transcript', () => {
  it('is read: arrows, indented lines, prose', () => {
    const text =
      'A title\n\n--> {"id": 1,\n     "method": "ping"}\n<-- {"jsonrpc": "2.0", "id": 1, "result": {}}\nSome prose\n'
    const { parts } = readText(text, 't.txt')
    expect(parts.map(({ kind }) => kind)).toEqual(['prose', 'prose', 'sent', 'received', 'prose', 'prose'])
    expect(parts.map(({ source }) => source).join('\n')).toBe(text)
  })

  it.each([
    ['A title\n--> {}\n  \n<-- {"id": \n', 't.txt:4: what stands after the arrow is no JSON.'],
    ['--> {}', 't.txt: The first line of a transcript is its title.'],
  ])('is refused where it is broken: %j', (text, why) => {
    expect(() => readText(text, 't.txt')).toThrow(why)
  })

  it('gets placeholders for what the server seals, and for that alone where the host says it', () => {
    const captures = new Map<string, string>()
    const uuid = '6f1d8a52-7c11-4a0e-9a51-0e9d1c6f1c33'
    expect(writeLine('received', { result: { requestState: 's1', nested: [{ nextCursor: '2' }] } }, captures)).toBe(
      '<-- { "result": { "requestState": "<state>", "nested": [{ "nextCursor": "<cursor>" }] } }',
    )
    expect(writeLine('sent', { params: { cursor: '2', name: 'part 2', token: uuid } }, captures)).toBe(
      `--> { "params": { "cursor": "<cursor>", "name": "part 2", "token": "${uuid}" } }`,
    )
  })
})

describe('a replay', () => {
  const ask = '--> {"jsonrpc":"2.0","id":1,"method":"ping"}'

  type Far = { readonly sent: string[]; readonly answers: readonly JsonObject[] }

  const played = (text: string, { sent, answers }: Far, update = false): Promise<Replayed> => {
    const send = (line: string): void => {
      sent.push(line)
      for (const answer of answers) replay.take(answer)
    }
    const far = { send, gone: new Promise<number>(() => undefined) }
    const options = { revision: '2026-07-28', update, patience: 50 }
    const replay: Replay = new Replay(readText(text, 't.txt'), far, options)
    return replay.run()
  }

  const answered = (text: string, answers: readonly JsonObject[], update = false): Promise<Replayed> =>
    played(text, { sent: [], answers }, update)

  it('that goes as it is written changes nothing', async () => {
    const text = `A title\n${ask}\n<-- {"id": 1, "result": {"at": "<time>"}}\n`
    expect(await answered(text, [{ jsonrpc: '2.0', id: 1, result: { at: '12:00' } }])).toEqual({ text, differences: 0 })
  })

  it('fills in what a line leaves out', async () => {
    const sent: string[] = []
    const answers = [{ jsonrpc: '2.0', id: 1, result: {} }]
    const text = 'A title\nclient: {"name": "Ada"}\n--> {"method": "ping"}\n<-- { "result": {} }'
    expect(await played(text, { sent, answers })).toEqual({ text, differences: 0 })
    expect(sent).toHaveLength(1)
    expect(JSON.parse(sent[0] ?? '')).toMatchObject({
      jsonrpc: '2.0',
      id: 1,
      params: { _meta: { 'io.modelcontextprotocol/clientInfo': { name: 'Ada' } } },
    })
  })

  it('tells what came instead, what did not come, and what came beside', async () => {
    const text = `A title\n${ask}\n<-- {"id": 1, "result": {}}`
    const other = { jsonrpc: '2.0', id: 1, result: { a: 1 } }
    expect(await answered(text, [other])).toEqual({
      text: `A title\n${ask}\n<-- { "id": 1, "result": { "a": 1 } }`,
      differences: 1,
    })
    expect(await answered(text, [])).toEqual({ text: `A title\n${ask}`, differences: 1 })
    const right = { jsonrpc: '2.0', id: 1, result: {} }
    expect(await answered(text, [right, other])).toMatchObject({ differences: 1 })
  })

  it('writes down what comes', async () => {
    const came = { jsonrpc: '2.0', id: 1, result: { nextCursor: 'x' } }
    expect(await answered(`A title\n${ask}\n<-- {"id": 1, "result": {}}\nEnd`, [came], true)).toEqual({
      text: `A title\n${ask}\n<-- { "result": { "nextCursor": "<cursor>" } }\nEnd`,
      differences: 0,
    })
  })

  it('ends where the server went away', async () => {
    const text = `A title\n${ask}\n<-- {"id":1,"result":{}}\n${ask}`
    const far = { send: () => undefined, gone: Promise.resolve(1) }
    const replay = new Replay(readText(text, 't.txt'), far, { revision: '2026-07-28', patience: 50 })
    await expect(replay.run()).rejects.toThrow('The server went away before the transcript ended.')
  })
})
