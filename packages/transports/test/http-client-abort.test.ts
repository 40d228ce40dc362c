import { describe, expect, it, vi } from 'vitest'
import { Abort } from '../src/http/abort.ts'

describe('an abort', () => {
  it('happens once, for the first reason', () => {
    const abort = new Abort()
    const heard = vi.fn()
    abort.listen(heard)
    expect([abort.aborted, abort.reason]).toEqual([false, undefined])
    abort.abort('first')
    abort.abort('second')
    expect([abort.aborted, abort.reason, abort.signal.reason]).toEqual([true, 'first', 'first'])
    expect(heard).toHaveBeenCalledOnce()
    expect(() => abort.throwIfAborted()).toThrow('first')
  })

  it('is told to a signal that was made before', () => {
    const abort = new Abort()
    const { signal } = abort
    abort.throwIfAborted()
    abort.abort(new DOMException('over', 'AbortError'))
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toBe(abort.reason)
    expect(abort.reason).toMatchObject({ name: 'AbortError' })
  })

  it('is not told to those who listen no more', () => {
    const abort = new Abort()
    const heard = vi.fn()
    abort.listen(heard)
    abort.forget(heard)
    abort.abort('over')
    expect(heard).not.toHaveBeenCalled()
  })
})
