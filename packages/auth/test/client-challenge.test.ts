import { describe, expect, it } from 'vitest'
import { readChallenges } from '../src/client.ts'

const read = (header: string): unknown =>
  readChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])

describe('WWW-Authenticate', () => {
  it.each<[string, unknown]>([
    ['', []],
    ['Bearer', [['bearer', {}]]],
    ['bearer realm="a"', [['bearer', { realm: 'a' }]]],
    [
      'Bearer error="insufficient_scope", scope="a b", resource_metadata="https://x/y"',
      [['bearer', { error: 'insufficient_scope', scope: 'a b', resource_metadata: 'https://x/y' }]],
    ],
    ['Bearer scope=one', [['bearer', { scope: 'one' }]]],
    ['Bearer scope = "one" ,error=two', [['bearer', { scope: 'one', error: 'two' }]]],
    ['Bearer realm="a \\"b\\" \\\\, c=d"', [['bearer', { realm: 'a "b" \\, c=d' }]]],
    ['Bearer SCOPE="x", scope="y"', [['bearer', { scope: 'x' }]]],
    [
      'Basic realm="a", Bearer scope="s"',
      [
        ['basic', { realm: 'a' }],
        ['bearer', { scope: 's' }],
      ],
    ],
    [
      'Bearer scope="s", Basic realm="a"',
      [
        ['bearer', { scope: 's' }],
        ['basic', { realm: 'a' }],
      ],
    ],
    [
      'Bearer, DPoP algs="ES256"',
      [
        ['bearer', {}],
        ['dpop', { algs: 'ES256' }],
      ],
    ],
    ['Bearer scope="never ends', [['bearer', {}]]],
    ['Bearer scope="ends\\', [['bearer', {}]]],
    ['"Bearer"', []],
    [', , ,', []],
  ])('2026-07-28: reads %j', (header, expected) => {
    expect(read(header)).toEqual(expected)
  })

  it('finds the bearer challenge behind a token68', () => {
    const found = readChallenges('Negotiate YWJjZA==, Bearer scope="s"')
    expect(found.find(({ scheme }) => scheme === 'bearer')?.parameters.get('scope')).toBe('s')
  })

  it('reads nothing of a monster, and reads long ones in one pass', () => {
    expect(readChallenges(`Bearer scope="${'x'.repeat(20_000)}"`)).toEqual([])
    const monsters = [
      '"\\'.repeat(8000),
      'a='.repeat(8000),
      ', '.repeat(8000),
      'Bearer '.repeat(2300),
      '='.repeat(16_000),
    ]
    for (const monster of monsters) expect(readChallenges(`Bearer scope=${monster}`).length).toBeLessThan(40)
  })
})
