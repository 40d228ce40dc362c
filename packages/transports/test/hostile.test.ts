import { Peer } from '@parley/protocol'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { lineChannel } from '../src/stdio/index.ts'
import { responder } from './peers.ts'

type Answer = { id?: unknown; result?: unknown; error?: { code: number; message: string } }

/** What a server answers to raw bytes followed by a request that any server must still answer. */
const answers = async (...chunks: (string | Uint8Array)[]): Promise<Answer[]> => {
  const input = new PassThrough()
  const output = new PassThrough()
  const peer = new Peer(lineChannel(input, output, { maxMessage: 1000 }), responder(), { linger: 1000 })
  for (const chunk of chunks) input.write(chunk)
  input.end('\n{"jsonrpc":"2.0","id":"canary","method":"echo"}\n')
  await peer.closed
  const lines = String(output.read()).trim().split('\n')
  const all = lines.map((line) => JSON.parse(line) as Answer)
  expect(all.pop()).toEqual({ jsonrpc: '2.0', id: 'canary', result: { echo: null } })
  return all
}

const codes = async (...chunks: (string | Uint8Array)[]): Promise<unknown[]> =>
  (await answers(...chunks)).map(({ id, error }) => [id, error?.code])

describe('a server hears a canary (goal R9) after', () => {
  it.each([
    ['text', 'hello', [[undefined, -32700]]],
    ['invalid UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), [[undefined, -32700]]],
    ['a cut message', '{"jsonrpc":"2.0","id":1', [[undefined, -32700]]],
    [
      'several broken lines',
      'a\nb\n[\n',
      [
        [undefined, -32700],
        [undefined, -32700],
        [undefined, -32700],
      ],
    ],
    ['an id that is null', '{"jsonrpc":"2.0","id":null,"method":"x"}', [[undefined, -32600]]],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"x"}', [[undefined, -32600]]],
    ['an id that is a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"x"}', [[undefined, -32600]]],
    ['params that are a list', '{"jsonrpc":"2.0","id":1,"method":"x","params":[]}', [[1, -32602]]],
    ['an empty batch', '[]', [[undefined, -32600]]],
    ['a response to nothing', '{"jsonrpc":"2.0","id":9,"result":{}}', []],
    ['a broken response', '{"jsonrpc":"2.0","id":9,"result":1}', []],
    ['a NUL byte', '\u0000', [[undefined, -32700]]],
    ['a byte order mark', '\ufeff{}', [[undefined, -32700]]],
  ])('%s', async (_name, input, expected) => {
    expect(await codes(input)).toEqual(expected)
  })

  it('a million levels of nesting (goal R8)', async () => {
    const input = new PassThrough()
    const output = new PassThrough()
    const peer = new Peer(lineChannel(input, output), responder(), { linger: 1000 })
    input.end(`${'['.repeat(1_000_000)}\n{"jsonrpc":"2.0","id":1,"method":"echo"}\n`)
    await peer.closed
    const [first, second] = String(output.read()).split('\n')
    expect(first).toContain('nested deeper than 128 levels')
    expect(second).toContain('"id":1,"result"')
  })

  it('two requests under one id', async () => {
    const request = '{"jsonrpc":"2.0","id":1,"method":"echo"}\n'
    expect(await codes(request + request)).toEqual([
      [1, -32600],
      [1, undefined],
    ])
  })
})

describe('a message past the limit (goal R7)', () => {
  const filling = 'x'.repeat(1000)

  it.each([
    ['the id in front', `{"jsonrpc":"2.0","id":"a","method":"x","params":{"f":"${filling}"}}`, 'a'],
    ['the id behind', `{"method":"x","params":{"f":"${filling}"},"jsonrpc":"2.0","id":7}`, 7],
    ['no id that stands out', `{"params":{"f":"${filling}"},"id":7,"jsonrpc":"2.0","method":"x"}`, undefined],
  ])('is answered by an error, with %s', async (_name, line, id) => {
    expect(await answers(line)).toEqual([
      {
        jsonrpc: '2.0',
        ...(id !== undefined && { id }),
        error: { code: -32600, message: expect.stringContaining('longer than 1000 bytes') },
      },
    ])
  })

  it('that is an answer rejects the request that it belongs to, and no other', async () => {
    const input = new PassThrough()
    const peer = new Peer(lineChannel(input, new PassThrough(), { maxMessage: 1000 }), responder())
    const large = peer.request('large', {})
    const small = peer.request('small', {})
    input.write(`{"result":{"f":"${filling}"},"jsonrpc":"2.0","id":1}\n{"jsonrpc":"2.0","id":2,"result":{"ok":true}}\n`)
    await expect(large).rejects.toThrow('longer than 1000 bytes')
    expect(await small).toEqual({ ok: true })
    await peer[Symbol.asyncDispose]()
  })
})
