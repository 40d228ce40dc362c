import { describe, expect, it } from 'vitest'
import { LineReader } from '../src/stdio/lines.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (line: Uint8Array | string): string => (typeof line === 'string' ? line : new TextDecoder().decode(line))

const reader = (limit = 1000): { lines: LineReader; got: string[]; long: [string, string][] } => {
  const got: string[] = []
  const long: [string, string][] = []
  const lines = new LineReader(limit, {
    line: (line) => got.push(text(line)),
    tooLong: (head, tail) => long.push([text(head), text(tail)]),
  })
  return { lines, got, long }
}

describe('cutting bytes into lines', () => {
  it('T1: hands over several lines of one chunk, and one line of several chunks', () => {
    const { lines, got } = reader()
    lines.push(bytes('one\ntwo\nthr'))
    lines.push(bytes('e'))
    expect(got).toEqual(['one', 'two'])
    lines.push(bytes('e\nfour\n'))
    expect(got).toEqual(['one', 'two', 'three', 'four'])
  })

  it('tolerates CRLF, also when cut in two, and leaves out empty lines', () => {
    const { lines, got } = reader()
    for (const chunk of ['a\r', '\nb\r\n\r\n\n', '\r', '\n', 'c\rd\r\n']) lines.push(bytes(chunk))
    expect(got).toEqual(['a', 'b', 'c\rd'])
  })

  it('joins a character of several bytes that was cut at each of them', () => {
    const whole = bytes('{"a":"é€😀"}\n')
    for (let at = 1; at < whole.length; at += 1) {
      const { lines, got } = reader()
      lines.push(whole.subarray(0, at))
      lines.push(whole.subarray(at))
      expect(got).toEqual(['{"a":"é€😀"}'])
    }
  })

  it('hands a line that is not UTF-8 over as its bytes, and its neighbours unharmed', () => {
    const got: unknown[] = []
    const lines = new LineReader(1000, { line: (line) => got.push(text(line)), tooLong: () => undefined })
    lines.push(Uint8Array.of(...bytes('é\n'), 0xff, 0x0a, ...bytes('ok\n')))
    expect(got).toEqual(['é', '\ufffd', 'ok'])
  })

  it('takes what stands at the end of the stream without a line end', () => {
    const { lines, got } = reader()
    lines.push(bytes('a\nlast'))
    lines.end()
    lines.end()
    expect(got).toEqual(['a', 'last'])
  })

  it('reads a long line that comes byte by byte in linear time', () => {
    const { lines, got } = reader(200_000)
    const one = bytes('x')
    for (let count = 0; count < 100_000; count += 1) lines.push(one)
    lines.push(bytes('\n'))
    expect(got[0]).toHaveLength(100_000)
  })

  it('does not alias a chunk that its owner goes on using', () => {
    const { lines, got } = reader(200_000)
    const small = bytes('small')
    const large = new Uint8Array(20_000).fill(0x61)
    for (const chunk of [small, large]) lines.push(chunk)
    small.fill(0x78)
    lines.push(bytes('!\n'))
    expect(got[0]).toBe(`small${'a'.repeat(20_000)}!`)
  })
})

describe('REL-FRAME-1: the limit', () => {
  it('lets a line of exactly the limit pass, with another behind it in the same chunk', () => {
    const { lines, got, long } = reader(8)
    lines.push(bytes('12345678\nnext\n'))
    lines.push(bytes('12345678\r\n'))
    for (const piece of ['1234', '5678', '\r', '\n']) lines.push(bytes(piece))
    expect(got).toEqual(['12345678', 'next', '12345678', '12345678'])
    expect(long).toEqual([])
  })

  it('refuses one byte more, once, whether it comes whole or in pieces, and goes on', () => {
    const { lines, got, long } = reader(8)
    lines.push(bytes('123456789\nafter\n'))
    for (const piece of ['12345', '67', '89', 'x', '\nagain\n']) lines.push(bytes(piece))
    expect(long).toEqual([
      ['123456789', '123456789'],
      ['123456789x', '123456789x'],
    ])
    expect(got).toEqual(['after', 'again'])
  })

  it('counts the limit per line, not per chunk', () => {
    const { lines, got, long } = reader(4)
    lines.push(bytes('1234\n'.repeat(1000)))
    expect(got).toHaveLength(1000)
    expect(long).toEqual([])
  })

  it('holds no more than about the limit of a line that never ends', () => {
    const { lines, got, long } = reader(1_000_000)
    const chunk = new Uint8Array(65_536).fill(0x61)
    const before = process.memoryUsage().arrayBuffers
    for (let count = 0; count < 4096; count += 1) lines.push(chunk)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000)
    lines.push(bytes('END\nafter\n'))
    expect(long).toHaveLength(1)
    expect(long[0]?.[1]).toHaveLength(512)
    expect(long[0]?.[1].endsWith('aEND')).toBe(true)
    expect(got).toEqual(['after'])
  })
})
