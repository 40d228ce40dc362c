/** The bytes of several chunks in one piece; a single chunk comes back as it is. `size` is that of all together. */
export const joined = (chunks: readonly Uint8Array[], size: number): Uint8Array => {
  const [only] = chunks
  if (only !== undefined && chunks.length === 1) return only
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
