import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Deadlines } from '../src/index.ts'

describe('Deadlines', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const recorder = (): { fired: string[]; fire: (name: string) => () => void } => {
    const fired: string[] = []
    return { fired, fire: (name) => () => void fired.push(name) }
  }

  it('fires each once, in the order in which they fall due', () => {
    const deadlines = new Deadlines()
    const { fired, fire } = recorder()
    deadlines.set(300, fire('c'))
    deadlines.set(100, fire('a'))
    deadlines.set(200, fire('b'))
    expect(deadlines.size).toBe(3)
    vi.advanceTimersByTime(99)
    expect(fired).toEqual([])
    vi.advanceTimersByTime(1)
    expect(fired).toEqual(['a'])
    vi.advanceTimersByTime(1000)
    expect(fired).toEqual(['a', 'b', 'c'])
    expect(deadlines.size).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('has one timer for many deadlines, and none when nothing waits', () => {
    const deadlines = new Deadlines()
    const all = Array.from({ length: 1000 }, (_, index) => deadlines.set(100 + (index % 7), () => undefined))
    expect(vi.getTimerCount()).toBe(1)
    for (const each of all) each.clear()
    expect(deadlines.size).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('sets its timer anew when the platform has dropped it', () => {
    const deadlines = new Deadlines()
    const { fired, fire } = recorder()
    deadlines.set(100, fire('first'))
    vi.clearAllTimers()
    vi.advanceTimersByTime(1101)
    deadlines.set(100, fire('second'))
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(1)
    expect(fired).toEqual(['first'])
    vi.advanceTimersByTime(99)
    expect(fired).toEqual(['first', 'second'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('L7: renewing starts the wait anew', () => {
    const deadlines = new Deadlines()
    const { fired, fire } = recorder()
    const first = deadlines.set(100, fire('first'))
    deadlines.set(100, fire('second'))
    vi.advanceTimersByTime(60)
    first.renew()
    vi.advanceTimersByTime(40)
    expect(fired).toEqual(['second'])
    vi.advanceTimersByTime(59)
    expect(fired).toEqual(['second'])
    vi.advanceTimersByTime(1)
    expect(fired).toEqual(['second', 'first'])
  })

  it('nothing fires after clear, not even when another that fell due at the same moment cleared it', () => {
    const deadlines = new Deadlines()
    const { fired, fire } = recorder()
    const later = { clear: (): void => undefined }
    deadlines.set(100, () => {
      fired.push('first')
      later.clear()
    })
    const second = deadlines.set(100, fire('second'))
    later.clear = () => second.clear()
    vi.advanceTimersByTime(100)
    expect(fired).toEqual(['first'])
    expect(deadlines.size).toBe(0)
  })

  it('one that was put off by another due at the same moment waits again', () => {
    const deadlines = new Deadlines()
    const { fired, fire } = recorder()
    const later = { renew: (): void => undefined }
    deadlines.set(100, () => later.renew())
    const second = deadlines.set(100, fire('second'))
    later.renew = () => second.renew()
    vi.advanceTimersByTime(100)
    expect(fired).toEqual([])
    vi.advanceTimersByTime(100)
    expect(fired).toEqual(['second'])
  })

  it('clearing and renewing what has fired does nothing', () => {
    const deadlines = new Deadlines()
    const { fired, fire } = recorder()
    const one = deadlines.set(10, fire('one'))
    vi.advanceTimersByTime(10)
    one.renew()
    one.clear()
    vi.advanceTimersByTime(1000)
    expect(fired).toEqual(['one'])
    expect(deadlines.size).toBe(0)
  })

  it('a new one may be set while others fire', () => {
    const deadlines = new Deadlines()
    const { fired, fire } = recorder()
    deadlines.set(10, () => void deadlines.set(5, fire('inner')))
    vi.advanceTimersByTime(14)
    expect(fired).toEqual([])
    vi.advanceTimersByTime(1)
    expect(fired).toEqual(['inner'])
  })

  it('Infinity never fires and costs nothing; zero fires at once', () => {
    const deadlines = new Deadlines()
    const { fired, fire } = recorder()
    const never = deadlines.set(Infinity, fire('never'))
    never.renew()
    expect(deadlines.size).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    deadlines.set(0, fire('now'))
    vi.advanceTimersByTime(0)
    expect(fired).toEqual(['now'])
    never.clear()
  })

  it('a wait longer than a timer can take does not fire early', () => {
    const deadlines = new Deadlines()
    const { fired, fire } = recorder()
    deadlines.set(3 * 0x7fffffff, fire('far'))
    vi.advanceTimersByTime(2 * 0x7fffffff)
    expect(fired).toEqual([])
    vi.advanceTimersByTime(0x7fffffff)
    expect(fired).toEqual(['far'])
  })
})
