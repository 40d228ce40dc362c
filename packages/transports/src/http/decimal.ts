const grammar = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,6}))?$/i

/** How many zeros a text starts with. */
const leading = (digits: string): number => {
  let at = 0
  while (digits[at] === '0') at += 1
  return at
}

/** How many it ends with; counted, for a pattern would look from every one of them to the end. */
const trailing = (digits: string): number => {
  let count = 0
  while (digits.at(-1 - count) === '0') count += 1
  return count
}

/** A decimal number in the one form that all its spellings share; undefined for text that is none. */
const canonical = (text: string): string | undefined => {
  const [, sign = '', whole, fraction = '', exponent = '0'] = grammar.exec(text) ?? []
  if (whole === undefined) return undefined
  const digits = whole + fraction
  const start = leading(digits)
  if (start === digits.length) return '0'
  const zeros = trailing(digits)
  return `${sign}${digits.slice(start, digits.length - zeros)}e${Number(exponent) - fraction.length + zeros}`
}

/**
 * Whether a text is this number, digit by digit: `42.0` is 42, and 42.0000000000000000001 is not.
 *
 * Read as a double it would be, and whatever routed by the text would have seen another number than the one served.
 */
export const isSameNumber = (text: string, value: number): boolean => {
  const form = canonical(text)
  return form !== undefined && form === canonical(String(value))
}

/** Whether a number is an integer that a double cannot hold apart from its neighbours (X5). */
export const isUnsafeInteger = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)
