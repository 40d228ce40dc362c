import { describe, expect, it } from 'vitest'
import { bundle, bytesOf, firstOf } from '../house/bundling.ts'

/** Compressed bytes of what one import brings to a page, minified, without what it loads later. */
const weightOf = async (entry: string): Promise<number> => bytesOf(firstOf(await bundle(entry, 'browser'))).compressed

describe('logging in', () => {
  it('brings half as much to a page as the official way', async () => {
    const [ours, theirs] = await Promise.all([
      weightOf('../auth/client-entry.ts'),
      weightOf('../interop/auth-entry.ts'),
    ])
    // Measured: 21.2 kB and 44.6 kB.
    expect(ours).toBeLessThan(24_000)
    expect(theirs).toBeGreaterThan(40_000)
  })
})
