import { concat } from '@parley/core'

/** The bytes of several chunks in one piece; a single chunk comes back as it is. */
export const joined = (chunks: readonly Uint8Array[]): Uint8Array => {
  const [only] = chunks
  return only !== undefined && chunks.length === 1 ? only : concat(chunks)
}
