import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const folder = new URL('../src/server/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))

// What may be asked of a secret: whether there is one, and what kind of value it is.
const harmless = /^(?:undefined|null|'string'|'function'|0)\b|^'string'|^'function'/
const secretive = /\b\w*(?:token|secret|mac|signature|verifier|digest|password)\b$/i

/** The comparisons in a text, as what stands on both sides. */
const comparisons = (text: string): [string, string][] =>
  [...text.matchAll(/([\w.?\])'"]+) [!=]==? ([\w.'"]+)/g)].map(([, left = '', right = '']) => [left, right])

const fishy = (text: string): [string, string][] =>
  comparisons(text).filter(([left, right]) => (secretive.test(left) && !harmless.test(right)) || secretive.test(right))

describe('secrets are compared by their keyed digests, and by nothing else (SEC-TIME-1)', () => {
  it.each(files)('in %s', (name) => {
    expect(fishy(readFileSync(new URL(name, folder), 'utf8'))).toEqual([])
  })

  it('and this would be noticed', () => {
    expect(fishy('if (given === this.token) return')).toHaveLength(1)
    expect(fishy('if (clientSecret !== other) return')).toHaveLength(1)
    expect(fishy("if (token === undefined || typeof token !== 'string') return")).toEqual([])
    expect(files.length).toBeGreaterThan(10)
  })
})
