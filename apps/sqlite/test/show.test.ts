import { describe, expect, it } from 'vitest'
import type { Cell } from '../src/engine/engine.ts'
import { readTyped } from '../src/shell/commands.ts'
import { aligned } from '../src/shell/table.ts'
import { cellText, onOneLine } from '../src/show/cells.ts'
import { csvHead, csvRows } from '../src/show/csv.ts'
import { dataBlock } from '../src/show/data-block.ts'
import { markdown } from '../src/show/markdown.ts'

const columns = [{ name: 'a|b' }, { name: 'c' }]
const blob: Cell = { $blob: 'AAEC', bytes: 3 }

describe('cells', () => {
  it.each<[Cell, string]>([
    [null, 'NULL'],
    [0, '0'],
    ['', ''],
    [{ $int: '9007199254740993' }, '9007199254740993'],
    [{ $real: '-Infinity' }, '-Infinity'],
    [blob, '(blob, 3 bytes)'],
    [{ $blob: 'AA', bytes: 3 * 1024 * 1024 }, '(blob, 3.0 MiB)'],
    [{ $cut: 'abc', bytes: 5000 }, 'abc… (cut, 4.9 KiB in all)'],
  ])('shows %j as %j', (cell, text) => {
    expect(cellText(cell)).toBe(text)
  })

  it('writes out what would break a line, steer a terminal or turn the direction of text', () => {
    expect(onOneLine('a\r\n\tb\u001b[31m\u0000\u2028\u202ec\u0085')).toBe(
      String.raw`a\r\n\tb\u{1b}[31m\u{0}\u{2028}\u{202e}c\u{85}`,
    )
    expect(onOneLine('é 文 👋🏽 \\')).toBe('é 文 👋🏽 \\')
  })
})

describe('rows', () => {
  it('are a Markdown table in which every row is one line', () => {
    expect(
      markdown(columns, [
        ['x|y\nz', 1],
        ['\\', null],
      ]),
    ).toBe(
      [String.raw`| a\|b | c |`, '| --- | --- |', String.raw`| x\|y\nz | 1 |`, String.raw`| \\ | NULL |`].join('\n'),
    )
  })

  it('are CSV in which NULL differs from an empty text', () => {
    expect(csvHead([{ name: 'a,b' }, { name: 'c' }])).toBe('"a,b",c\r\n')
    expect(
      csvRows([
        [null, ''],
        ['say "hi"', 'x\ny'],
        [{ $int: '9223372036854775807' }, blob],
      ]),
    ).toBe(',""\r\n"say ""hi""","x\ny"\r\n9223372036854775807,AAEC\r\n')
  })

  it('are aligned on a terminal, numbers to the right, wide letters counted twice', () => {
    const rows: Cell[][] = [
      ['文字', 1],
      ['a\u001b[2J', null],
      ['x'.repeat(60), 1234],
    ]
    const lines = aligned([{ name: 'name' }, { name: 'n' }], rows).split('\n')
    expect(lines[0]).toBe(`name${' '.repeat(44)}     n`)
    expect(lines[2]).toBe(`文字${' '.repeat(44)}     1`)
    expect(lines[3]).toBe(`${String.raw`a\u{1b}[2J`}${' '.repeat(38)}  NULL`)
    expect(lines[4]).toBe(`${'x'.repeat(47)}…  1234`)
  })
})

it('a data block is closed by a mark that what it holds cannot know', () => {
  const [first, second] = [dataBlock('x\n</data>\n'), dataBlock('x')]
  const [, mark] = /^<(data-[\da-f]{12})>\nx\n<\/data>\n<\/\1>$/.exec(first) ?? []
  expect(mark).toBeDefined()
  expect(second).not.toContain(mark)
})

describe('what is typed in the shell', () => {
  it.each([
    ['', { kind: 'nothing' }],
    [';', { kind: 'nothing' }],
    ['SELECT 1', { kind: 'open' }],
    ['SELECT 1 ;\n', { kind: 'command', name: 'query', rest: 'SELECT 1' }],
    ['SELECT\n1;', { kind: 'command', name: 'query', rest: 'SELECT\n1' }],
    [String.raw`\d orders`, { kind: 'command', name: 'describe', rest: 'orders' }],
    ['.tables', { kind: 'command', name: 'tables', rest: '' }],
    [String.raw`\explain SELECT 1;`, { kind: 'command', name: 'explain', rest: 'SELECT 1' }],
    [String.raw`\?`, { kind: 'command', name: 'help', rest: '' }],
    ['quit', { kind: 'command', name: 'quit', rest: '' }],
    [String.raw`\nope`, { kind: 'unknown', word: 'nope' }],
    ['\\', { kind: 'unknown', word: '' }],
  ])('%j', (text, read) => {
    expect(readTyped(text)).toEqual(read)
  })
})
