import type { JsonObject } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { concealed, filledIn, isLike } from '../src/transcript/likeness.ts'
import { readParts, writeLine } from '../src/transcript/notation.ts'
import { Replay } from '../src/transcript/replay.ts'
import type { Replayed } from '../src/transcript/replay.ts'

describe('a transcript', () => {
  it('is read: arrows, indented lines, prose', () => {
    const text =
      'A title\n\n--> {"id": 1,\n     "method": "ping"}\n<-- {"jsonrpc": "2.0", "id": 1, "result": {}}\nSome prose\n'
    const parts = readParts(text, 't.txt')
    expect(parts.map(({ kind }) => kind)).toEqual(['prose', 'prose', 'sent', 'received', 'prose', 'prose'])
    expect(parts[2]).toMatchObject({ message: { jsonrpc: '2.0', id: 1, method: 'ping' } })
    expect(parts.map(({ source }) => source).join('\n')).toBe(text)
  })

  it('is refused where an arrow points to no message', () => {
    expect(() => readParts('A title\n--> {"id": \n', 't.txt')).toThrow(
      't.txt:2: what stands after the arrow is no JSON object.',
    )
    expect(() => readParts('A title\n--> [1]', 't.txt')).toThrow('t.txt:2')
  })
})

describe('what differs from run to run', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'b', false],
    ['<id>', 'anything', true],
    ['<id>', '', false],
    ['at <time> by <who>.', 'at 12:00 by Ada.', true],
    ['at <time> by <who>.', 'at 12:00 by Ada', false],
    ['<a>-<a>', 'x-x', true],
    ['<a>-<a>', 'x-y', false],
    ['1 < 2', '1 < 2', true],
  ])('%j is like %j: %s', (pattern, actual, expected) => {
    expect(isLike(pattern, actual, new Map())).toBe(expected)
  })

  it('has one meaning in all of it, and is put in where it is sent', () => {
    const meanings = new Map<string, string>()
    expect(isLike({ a: ['<state>', { b: 1 }] }, { a: ['secret', { b: 1 }] }, meanings)).toBe(true)
    expect(isLike({ a: '<state>' }, { a: 'other' }, meanings)).toBe(false)
    expect(filledIn({ a: ['<state>', '<unknown>'] }, meanings)).toEqual({ a: ['secret', '<unknown>'] })
    expect(isLike({ a: 1 }, { a: 1, b: 2 }, meanings)).toBe(false)
    expect(isLike([1], [1, 2], meanings)).toBe(false)
  })

  it('is concealed where the server sealed it', () => {
    const meanings = new Map<string, string>()
    expect(concealed({ requestState: 's1', nested: [{ nextCursor: 'c1' }], other: 's1' }, meanings)).toEqual({
      requestState: '<state>',
      nested: [{ nextCursor: '<cursor>' }],
      other: 's1',
    })
    expect(concealed({ requestState: 's1' }, meanings)).toEqual({ requestState: '<state>' })
    expect(concealed({ requestState: 's2' }, meanings)).toEqual({ requestState: '<state3>' })
  })
})

describe('a replay', () => {
  const ask = '--> {"jsonrpc":"2.0","id":1,"method":"ping"}'

  const played = (text: string, answers: readonly JsonObject[], update = false): Promise<Replayed> => {
    const replay = new Replay({ update, patience: 50 })
    const send = (): void => answers.forEach((answer) => replay.take(answer))
    return replay.run(readParts(text, 't.txt'), { send, gone: new Promise(() => undefined) })
  }

  it('that goes as it is written changes nothing', async () => {
    const text = `A title\n${ask}\n<-- {"id": 1, "result": {"at": "<time>"}}\n`
    expect(await played(text, [{ jsonrpc: '2.0', id: 1, result: { at: '12:00' } }])).toEqual({ text, differences: 0 })
  })

  it('tells what came instead, what did not come, and what came beside', async () => {
    const text = `A title\n${ask}\n<-- {"id": 1, "result": {}}`
    const other = { jsonrpc: '2.0', id: 1, result: { a: 1 } }
    expect(await played(text, [other])).toEqual({
      text: `A title\n${ask}\n${writeLine('received', other)}`,
      differences: 1,
    })
    expect(await played(text, [])).toEqual({ text: `A title\n${ask}`, differences: 1 })
    const right = { jsonrpc: '2.0', id: 1, result: {} }
    expect(await played(text, [right, other])).toMatchObject({ differences: 1 })
  })

  it('writes down what comes', async () => {
    const came = { jsonrpc: '2.0', id: 1, result: { nextCursor: 'x' } }
    expect(await played(`A title\n${ask}\n<-- {"id": 1, "result": {}}\nEnd`, [came], true)).toEqual({
      text: `A title\n${ask}\n<-- {"jsonrpc":"2.0","id":1,"result":{"nextCursor":"<cursor>"}}\nEnd`,
      differences: 0,
    })
  })

  it('ends where the server went away', async () => {
    const replay = new Replay({ patience: 50 })
    const run = replay.run(readParts(`A title\n${ask}\n<-- {"id":1,"result":{}}\n${ask}`, 't.txt'), {
      send: () => undefined,
      gone: Promise.resolve(1),
    })
    await expect(run).rejects.toThrow('The server went away before the transcript ended.')
  })
})
