import { describe, expect, it, vi } from 'vitest'
import { Pump } from '../src/http/node-pump.ts'
import type { Outlet } from '../src/http/node-pump.ts'

/** A response that keeps what it is given, one write at a time. */
const recorder = (): { outlet: Outlet; writes: (string | Uint8Array)[]; take: () => void } => {
  const writes: (string | Uint8Array)[] = []
  let taken: () => void = () => undefined
  const outlet: Outlet = {
    socket: {},
    write: (chunk, done) => {
      writes.push(chunk)
      taken = () => done()
      return true
    },
    end: () => undefined,
  }
  return { outlet, writes, take: () => taken() }
}

const sizesOf = (writes: readonly (string | Uint8Array)[]): number[] => writes.map(({ length }) => length)

describe('the pump of a response', () => {
  it('cuts between texts, and leaves a small rest to be filled by whoever waited for room', async () => {
    const { outlet, writes, take } = recorder()
    const pump: Pump = new Pump(outlet, Infinity, { taken: () => pump.write('c'.repeat(100)), cut: () => undefined })
    pump.write('a'.repeat(40_000))
    pump.write('b'.repeat(40_000))
    expect(writes).toEqual(['a'.repeat(40_000)])
    take()
    expect(writes).toHaveLength(1)
    await vi.waitFor(() => expect(writes).toHaveLength(2))
    expect(writes[1]).toBe('b'.repeat(40_000) + 'c'.repeat(100))
    pump.stop()
  })

  it('writes no more than a piece at once of what waited for longer', () => {
    const { outlet, writes, take } = recorder()
    const pump = new Pump(outlet, Infinity, { taken: () => undefined, cut: () => undefined })
    for (let text = 0; text < 4; text++) pump.write('x'.repeat(50_000))
    take()
    take()
    take()
    expect(sizesOf(writes)).toEqual([50_000, 65_536, 65_536, 18_928])
    pump.stop()
  })

  it('lets the first 4 KiB go ahead, and after that whole writes of 64 KiB', () => {
    const { outlet, writes, take } = recorder()
    const pump = new Pump(outlet, Infinity, { taken: () => undefined, cut: () => undefined })
    for (let text = 0; text < 40; text++) pump.write('x'.repeat(100))
    expect(writes).toEqual([])
    pump.write('x'.repeat(100))
    expect([sizesOf(writes), pump.full]).toEqual([[4_100], 4_096])
    take()
    expect(pump.full).toBe(65_536)
    for (let text = 0; text < 650; text++) pump.write('x'.repeat(100))
    expect(sizesOf(writes)).toEqual([4_100])
    for (let text = 0; text < 6; text++) pump.write('x'.repeat(100))
    expect(sizesOf(writes)).toEqual([4_100, 65_500])
    pump.stop()
  })

  it('keeps what is the last for the end of the turn, where it goes out with the end', async () => {
    const ends: (string | Uint8Array)[] = []
    const outlet: Outlet = {
      socket: {},
      write: () => expect.fail('nothing goes ahead'),
      end: (chunk: unknown) => void ends.push(chunk as string),
    }
    const pump = new Pump(outlet, Infinity, { taken: () => undefined, cut: () => undefined })
    pump.write('x'.repeat(50_000), true)
    pump.end()
    await vi.waitFor(() => expect(ends).toEqual(['x'.repeat(50_000)]))
    pump.stop()
  })
})
