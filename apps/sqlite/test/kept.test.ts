import type { Principal } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { Cursors } from '../src/cursor.ts'
import { quoted } from '../src/engine/sql/quoted.ts'
import { completing } from '../src/names.ts'
import { Results } from '../src/results.ts'
import { Tickets } from '../src/tools/tickets.ts'

const ada: Principal = { issuer: 'i', subject: 'ada', scopes: [] }
const text = (body: string) => ({ mimeType: 'text/csv', text: body })

describe('results that were put aside', () => {
  it('are found by whoever asked for them, and by nobody else', () => {
    const results = new Results()
    const id = results.keep(text('a'), ada)
    expect(id).toMatch(/^[\w-]{22}$/)
    expect(results.find(id, ada)).toMatchObject(text('a'))
    expect(results.find(id, { ...ada, subject: 'bob' })).toBeUndefined()
    expect(results.find(id, undefined)).toBeUndefined()
    expect(results.find('nope', ada)).toBeUndefined()
  })

  it('are gone after their time', () => {
    let now = 0
    const results = new Results({ lifetime: 10, now: () => now })
    const id = results.keep(text('a'), undefined)
    now = 9
    expect(results.find(id, undefined)).toMatchObject(text('a'))
    now = 10
    expect(results.find(id, undefined)).toBeUndefined()
  })

  it('make room for new ones, the oldest first', () => {
    const few = new Results({ most: 2 })
    const ids = ['a', 'b', 'c'].map((body) => few.keep(text(body), undefined))
    expect(ids.map((id) => few.find(id, undefined)?.text)).toEqual([undefined, 'b', 'c'])
    const small = new Results({ size: 5 })
    const sized = ['aaa', 'bb', 'cccccccc'].map((body) => small.keep(text(body), undefined))
    expect(sized.map((id) => small.find(id, undefined)?.text)).toEqual([undefined, undefined, 'cccccccc'])
  })
})

describe('cursors', () => {
  const owner = { database: 'main', sql: 'SELECT 1', params: [1], principal: ada }
  const place = { offset: 100, version: 'v1' }

  it('are read for their own query, and tell nothing', async () => {
    const cursors = new Cursors()
    const cursor = await cursors.write(place, owner)
    expect(await cursors.read(cursor, owner)).toEqual(place)
    expect(Buffer.from(cursor.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('v1')
  })

  it.each([
    ['another database', { database: 'other' }],
    ['another statement', { sql: 'SELECT 2' }],
    ['other values', { params: [2] }],
    ['another caller', { principal: undefined }],
  ])('are refused for %s', async (_, other) => {
    const cursors = new Cursors()
    const cursor = await cursors.write(place, owner)
    await expect(cursors.read(cursor, { ...owner, ...other })).rejects.toThrow(/not of this query, or too old/)
  })

  it('are refused when they were made elsewhere, or changed', async () => {
    const cursors = new Cursors()
    const cursor = await cursors.write(place, owner)
    await expect(new Cursors().read(cursor, owner)).rejects.toThrow(/not of this query/)
    await expect(cursors.read(`${cursor.slice(0, -2)}AA`, owner)).rejects.toThrow(/not of this query/)
    await expect(cursors.read('x', owner)).rejects.toThrow(/not of this query/)
  })
})

describe('names', () => {
  it('are quoted whatever is in them', () => {
    expect(quoted('a"b; DROP')).toBe('"a""b; DROP"')
  })

  it('complete what was typed, those that begin with it first', () => {
    expect(completing(['order_lines', 'back_orders', 'books'], 'ORD')).toEqual(['order_lines', 'back_orders'])
    expect(completing(['a', 'b'], '')).toEqual(['a', 'b'])
  })
})

it('a ticket is spent once, and the oldest are forgotten', () => {
  const tickets = new Tickets(2)
  expect(['a', 'a', 'b', 'c', 'b', 'a'].map((ticket) => tickets.spend(ticket))).toEqual([
    true,
    false,
    true,
    true,
    false,
    true,
  ])
})
