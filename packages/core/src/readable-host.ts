const base = 36
const delimiter = '-'

const digitOf = (unit: number): number => {
  if (unit >= 0x30 && unit <= 0x39) return unit - 22
  if (unit >= 0x61 && unit <= 0x7a) return unit - 0x61
  return base
}

const adapted = (delta: number, points: number, first: boolean): number => {
  let rest = Math.floor(delta / (first ? 700 : 2))
  rest += Math.floor(rest / points)
  let steps = 0
  for (; rest > 455; steps += base) rest = Math.floor(rest / 35)
  return steps + Math.floor((base * rest) / (rest + 38))
}

/** Decodes one label after its `xn--` (RFC 3492, section 6.2); undefined when it is none. */
const decodeLabel = (label: string): string | undefined => {
  const split = label.lastIndexOf(delimiter)
  const output = split > 0 ? Array.from(label.slice(0, split)) : []
  let at = split > 0 ? split + 1 : 0
  let point = 128
  let bias = 72
  for (let index = 0; at < label.length; index += 1) {
    const before = index
    for (let weight = 1, step = base; ; step += base) {
      const digit = at < label.length ? digitOf(label.charCodeAt(at++)) : base
      if (digit >= base) return undefined
      index += digit * weight
      const threshold = Math.min(Math.max(step - bias, 1), 26)
      if (digit < threshold) break
      weight *= base - threshold
      if (weight > 0x7fffffff) return undefined
    }
    const length = output.length + 1
    bias = adapted(index - before, length, before === 0)
    point += Math.floor(index / length)
    if (point > 0x10ffff) return undefined
    index %= length
    output.splice(index, 0, String.fromCodePoint(point))
  }
  return output.join('')
}

/** A URL's host as it reads: punycode decoded, with the port where there is one. What cannot be decoded stays. */
export const readableHost = (url: URL): string =>
  url.host
    .split('.')
    .map((label) => (label.startsWith('xn--') ? decodeLabel(label.slice(4)) || label : label))
    .join('.')
