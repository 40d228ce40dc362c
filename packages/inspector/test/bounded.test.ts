import { describe, expect, it } from 'vitest'
import { Log } from '../src/log.ts'
import { diffOf } from '../src/offers.ts'
import type { LogLine, WireEntry } from '../src/page/api.ts'
import { Ring } from '../src/ring.ts'
import { Transcript } from '../src/transcript.ts'

describe('a ring', () => {
  it('keeps the last, bounded in number', () => {
    const ring = new Ring<number>(4, Infinity, () => 1)
    for (let item = 0; item < 100; item++) ring.add(item)
    expect(ring.items.length).toBeLessThanOrEqual(4)
    expect(ring.items.at(-1)).toBe(99)
  })

  it('keeps the last, bounded in weight, and at least that one', () => {
    const ring = new Ring<string>(100, 10, ({ length }) => length)
    for (const item of ['aaaa', 'bbbb', 'cccc']) ring.add(item)
    expect(ring.items).toEqual(['bbbb', 'cccc'])
    ring.add('d'.repeat(50))
    expect(ring.items).toEqual(['d'.repeat(50)])
    ring.clear()
    expect(ring.items).toEqual([])
  })
})

describe('the log', () => {
  const logged = (): { log: Log; lines: LogLine[] } => {
    const lines: LogLine[] = []
    return { log: new Log((line) => lines.push(line)), lines }
  }

  it('puts the lines of stderr together, however they are cut', () => {
    const { log, lines } = logged()
    for (const chunk of ['on', 'e\ntw', 'o\r\n', 'three']) log.stderr(chunk)
    expect(lines.map(({ text }) => text)).toEqual(['one', 'two'])
    log.flush()
    expect(lines.at(-1)).toMatchObject({ source: 'stderr', text: 'three', number: 3 })
  })

  it('shortens a line that never ends', () => {
    const { log, lines } = logged()
    for (let chunk = 0; chunk < 40; chunk++) log.stderr('x'.repeat(1000))
    expect(lines.length).toBeGreaterThan(0)
    expect(Math.max(...lines.map(({ text }) => text.length))).toBeLessThanOrEqual(16_385)
  })

  it('keeps 2,000 lines of a flood', () => {
    const { log } = logged()
    for (let line = 0; line < 10_000; line++) log.stderr(`${line}\n`)
    expect(log.lines.length).toBeLessThanOrEqual(2000)
    expect(log.lines.at(-1)?.text).toBe('9999')
  })

  it('writes what is no text as JSON', () => {
    const { log, lines } = logged()
    log.log({ level: 'info', logger: 'db', data: { rows: 3 } })
    expect(lines[0]).toMatchObject({ source: 'log', level: 'info', logger: 'db', text: '{"rows":3}' })
  })
})

describe('the transcript', () => {
  const passing = { direction: 'out', kind: 'request', method: 'm', era: 'modern' } as const

  it('keeps only the beginning of a long message, and says so', () => {
    const heard: WireEntry[] = []
    const transcript = new Transcript((entry) => heard.push(entry))
    transcript.record({ ...passing, message: { id: 1, text: 'x'.repeat(400_000) } })
    expect(heard[0]).toMatchObject({ isCut: true, size: expect.any(Number) })
    expect(heard[0]?.text.length).toBe(262_144)
    expect(heard[0]?.size).toBeGreaterThan(400_000)
  })

  it('keeps no more than eight million characters', () => {
    const transcript = new Transcript(() => undefined)
    for (let count = 0; count < 100; count++) transcript.record({ ...passing, message: { text: 'x'.repeat(200_000) } })
    expect(transcript.entries.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(8_388_608)
  })

  it('counts the rounds of a call by what the server wants back', () => {
    const transcript = new Transcript(() => undefined)
    expect(transcript.roundOf({ name: 'x' })).toBeUndefined()
    transcript.keepRound({ resultType: 'input_required', requestState: 'one' }, 1)
    expect(transcript.roundOf({ requestState: 'one', inputResponses: {} })).toBe(2)
    transcript.keepRound({ resultType: 'input_required', requestState: 'two' }, 2)
    expect(transcript.roundOf({ requestState: 'two' })).toBe(3)
  })
})

it('tells what became of a tool list', () => {
  const tool = (name: string, description = ''): Parameters<typeof diffOf>[0][number] => ({
    name,
    description,
    inputSchema: { type: 'object' },
  })
  expect(diffOf([tool('a')], [tool('a')])).toBeUndefined()
  expect(diffOf([tool('a'), tool('b'), tool('c')], [tool('b', 'new'), tool('c'), tool('d')])).toEqual({
    added: ['d'],
    removed: ['a'],
    changed: ['b'],
  })
})
