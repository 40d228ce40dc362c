import type { Tool } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { mediaUrl, safeLink } from '../src/page/media.ts'
import { commandOf, quoted } from '../src/page/quoting.ts'
import { bytesText, costOf, timeText } from '../src/page/sizes.ts'
import { tableIn } from '../src/page/table.ts'

describe('a command for a shell', () => {
  const commands = { call: 'parley call s.ts', read: 'parley read s.ts', prompt: 'parley prompt s.ts' }

  it.each([
    ['plain', 'plain'],
    ['two words', "'two words'"],
    ["it's $HOME `x`", "'it'\\''s $HOME `x`'"],
    ['', "''"],
    ['a\nb', "'a\nb'"],
  ])('quotes %j', (text, shown) => {
    expect(quoted(text)).toBe(shown)
  })

  it('does what the page does', () => {
    expect(commandOf({ kind: 'tool', name: 'add', arguments: { a: 1 } }, commands)).toBe(
      `parley call s.ts add '{"a":1}'`,
    )
    expect(commandOf({ kind: 'tool', name: 'now', arguments: {} }, commands)).toBe('parley call s.ts now')
    expect(commandOf({ kind: 'read', uri: 'a://b?c=d' }, commands)).toBe(`parley read s.ts 'a://b?c=d'`)
    expect(commandOf({ kind: 'prompt', name: 'p', arguments: { q: 'r' } }, commands)).toBe(
      `parley prompt s.ts p '{"q":"r"}'`,
    )
    expect(commandOf({ kind: 'ping' }, commands)).toBeUndefined()
    expect(commandOf({ kind: 'read', uri: 'a:b' }, undefined)).toBeUndefined()
  })
})

describe('what a server sends', () => {
  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'https://user:pw@example.com/',
    'echo://x',
    'x',
  ])('is no link at %s', (uri) => {
    expect(safeLink(uri)).toBeUndefined()
  })

  it('is a link to the web or to a mail', () => {
    expect(safeLink('https://example.com/a b')).toBe('https://example.com/a%20b')
    expect(safeLink('mailto:a@example.com')).toBe('mailto:a@example.com')
  })

  it('is a picture or sound by its type only', () => {
    expect(mediaUrl('image/PNG; x=y', 'AAAA')).toBe('data:image/png;base64,AAAA')
    expect(mediaUrl('audio/wav', 'AA==')).toBe('data:audio/wav;base64,AA==')
    expect(mediaUrl('text/html', 'AAAA')).toBeUndefined()
    expect(mediaUrl('image/png', 'A"onload=')).toBeUndefined()
    expect(mediaUrl(undefined, 'AAAA')).toBeUndefined()
  })

  it('is a table where it is a list of objects, or holds exactly one', () => {
    const rows = [{ a: 1 }, { a: 2, b: 3 }]
    expect(tableIn(rows)).toEqual({ columns: ['a', 'b'], rows })
    expect(tableIn({ rows, total: 2 })).toEqual({ columns: ['a', 'b'], rows })
    expect(tableIn({ rows, others: rows })).toBeUndefined()
    expect(tableIn([1, 2])).toBeUndefined()
    expect(tableIn([])).toBeUndefined()
  })
})

it('counts what tools cost: bytes, and a token for four characters', () => {
  const tool: Tool = { name: 'é', inputSchema: { type: 'object' }, title: 'not counted' }
  const text = JSON.stringify({ name: 'é', inputSchema: { type: 'object' } })
  expect(costOf([tool])).toEqual({ bytes: text.length + 1, tokens: Math.ceil(text.length / 4) })
  expect(costOf([])).toEqual({ bytes: 0, tokens: 0 })
})

it('writes sizes and times for people', () => {
  expect([999, 1234, 2_500_000].map(bytesText)).toEqual(['999 B', '1.2 kB', '2.5 MB'])
  expect([0.2, 12.4, 1500].map(timeText)).toEqual(['<1 ms', '12 ms', '1.5 s'])
})
