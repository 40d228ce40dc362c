import { safeFetch } from '@parley/auth/node'
import { jwtVerifier } from '@parley/auth/server'
import { SignJWT, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { watchOutput } from '../canary.ts'
import { startHostile } from '../hostile.ts'
import type { Hostile, Lies } from '../hostile.ts'
import { having } from '../lie.ts'
import { forThisTest } from '../lifetime.ts'
import { refusal } from '../story.ts'
import { connectBy, visitor } from '../visitor.ts'

watchOutput()

const start = async (): Promise<Hostile> => forThisTest(await startHostile())

/** A resolver that knows one name, and gives its addresses one after the other. */
const resolver = (...answers: readonly string[]) => {
  const asked: string[] = []
  const resolve = async (name: string): Promise<readonly string[]> => {
    asked.push(name)
    return (answers[Math.min(asked.length, answers.length) - 1] ?? '').split(' ')
  }
  return { asked, resolve }
}

const name = 'rebind.example'

/** Every place where a server can point at another, and what then stands at which step. */
const pointers: readonly (readonly [where: string, lies: (to: string) => Lies])[] = [
  [
    'challenge',
    (to) => ({
      challenge: (honest) => ({ ...honest, headers: { 'www-authenticate': `Bearer resource_metadata="${to}/prm"` } }),
      resource: () => ({ status: 404 }),
    }),
  ],
  ['authorization server', (to) => ({ resource: having({ authorization_servers: [to] }) })],
  ['registration endpoint', (to) => ({ metadata: having({ registration_endpoint: `${to}/register` }) })],
  ['token endpoint', (to) => ({ metadata: having({ token_endpoint: `${to}/token` }) })],
]

describe('SEC-SSRF-1: a server of this machine that points elsewhere', () => {
  it.each(pointers)('does not get a client into this machine by its %s and a name', async (_, lies) => {
    const [hostile, inside] = await Promise.all([start(), start()])
    const { resolve, asked } = resolver('127.0.0.1')
    hostile.lies = lies(`https://${name}:${new URL(inside.origin).port}`)
    const someone = visitor(hostile.url, { metadataFetch: safeFetch({ resolve }) })
    const error = await refusal(connectBy(hostile.url, someone))
    expect(error.check).toBe('address')
    expect(error.message).toContain('127.0.0.1')
    expect(asked).toEqual([name])
    expect(inside.heard).toEqual([])
  })

  it.each([
    '10.0.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '0.0.0.0',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    'fd00::1',
    'fe80::1',
    'ff02::1',
    // One that may be gone to does not make up for one that may not.
    '93.184.216.34 10.0.0.1',
  ])('does not get one to %s', async (address) => {
    const hostile = await start()
    const { resolve, asked } = resolver(address)
    hostile.lies = { resource: having({ authorization_servers: [`https://${name}`] }) }
    const error = await refusal(connectBy(hostile.url, visitor(hostile.url, { metadataFetch: safeFetch({ resolve }) })))
    expect(error.check).toBe('address')
    expect(error.message).toContain(address.split(' ').at(-1))
    expect(asked).toEqual([name])
    expect(hostile.credentials).toEqual([])
  })

  it('does not get one there by an address that is written out', async () => {
    const hostile = await start()
    for (const host of ['10.0.0.1', '0x7f.1', '2130706433', '[::ffff:10.0.0.1]', '169.254.169.254']) {
      const { resolve, asked } = resolver('93.184.216.34')
      hostile.lies = { resource: having({ authorization_servers: [`https://${host}:1`] }) }
      const error = await refusal(
        connectBy(hostile.url, visitor(hostile.url, { metadataFetch: safeFetch({ resolve }) })),
      )
      expect(error.check).toMatch(/^(?:address|document)$/)
      expect(asked).toEqual([])
    }
    expect(hostile.credentials).toEqual([])
  })

  it('does not get a protected server there by the place of its keys', async () => {
    const [issuer, inside] = await Promise.all([start(), start()])
    const { resolve, asked } = resolver('127.0.0.1')
    issuer.lies = { metadata: having({ jwks_uri: `https://${name}:${new URL(inside.origin).port}/jwks` }) }
    const { privateKey } = await generateKeyPair('ES256')
    const token = await new SignJWT({ aud: 'any', sub: 'any' })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
      .setIssuer(issuer.origin)
      .setExpirationTime('1h')
      .sign(privateKey)
    const verify = jwtVerifier({ issuer: issuer.origin, fetch: safeFetch({ resolve }) })
    const error = await refusal(Promise.resolve(verify(token)))
    expect(error.check).toBe('address')
    expect(asked).toEqual([name])
    expect(inside.heard).toEqual([])
    expect(issuer.credentials).toEqual([])
  })
})
