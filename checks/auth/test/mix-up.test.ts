import { memoryStore } from '@parley/auth/client'
import type { OAuthOptions } from '@parley/auth/client'
import { describe, expect, it } from 'vitest'
import { startAuthorizationServer } from '../authorization-server.ts'
import type { AuthorizationServer } from '../authorization-server.ts'
import { watchOutput } from '../canary.ts'
import { startHostile } from '../hostile.ts'
import type { Hostile } from '../hostile.ts'
import { having } from '../lie.ts'
import { forThisTest } from '../lifetime.ts'
import { refusal, textOf } from '../story.ts'
import { connectBy, redirectUri, visitor } from '../visitor.ts'

watchOutput()

type Lab = { readonly honest: AuthorizationServer; readonly hostile: Hostile; readonly known: { clientId: string } }

/** An honest authorization server where everybody is known, and a hostile one that wants what comes from there. */
const lab = async (): Promise<Lab> => {
  const known = {
    client_id: 'known',
    redirect_uris: [redirectUri],
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  }
  const honest = forThisTest(await startAuthorizationServer({ clients: [known] }))
  const hostile = forThisTest(await startHostile())
  return { honest, hostile, known: { clientId: 'known' } }
}

/** Metadata of the hostile server, with endpoints of the honest one. */
const mixing = ({ honest, hostile }: Lab, fields: Readonly<Record<string, unknown>>): void => {
  hostile.lies = {
    metadata: having({ authorization_endpoint: `${honest.issuer}/auth`, ...fields }),
    register: having({ client_id: 'known' }),
  }
}

describe('SEC-OAUTH-1: two authorization servers, one of them hostile', () => {
  it('T32: a code of the honest one never goes to the token endpoint of the other', async () => {
    const made = await lab()
    mixing(made, {})
    const someone = visitor(made.hostile.url, { scopes: ['echo:read'] })
    const error = await refusal(connectBy(made.hostile.url, someone))
    expect({ check: error.check, expected: error.expected, actual: error.actual }).toEqual({
      check: 'issuer',
      expected: made.hostile.origin,
      actual: made.honest.issuer,
    })
    expect(someone.opened.map(({ origin }) => origin)).toEqual([made.honest.issuer])
    expect(made.hostile.count('token')).toBe(0)
    expect(made.hostile.credentials).toEqual([])
    expect(made.honest.requests).toEqual([])
  })

  it('T32: nor when the other does not say that it sends its issuer', async () => {
    const made = await lab()
    mixing(made, { authorization_response_iss_parameter_supported: false })
    const error = await refusal(connectBy(made.hostile.url, visitor(made.hostile.url)))
    expect(error).toMatchObject({ check: 'issuer', actual: made.honest.issuer })
    expect(made.hostile.credentials).toEqual([])
  })

  it('Z5: the other cannot pass for the honest one', async () => {
    const made = await lab()
    mixing(made, { issuer: made.honest.issuer })
    const error = await refusal(connectBy(made.hostile.url, visitor(made.hostile.url)))
    expect(error).toMatchObject({ check: 'issuer', expected: made.hostile.origin, actual: made.honest.issuer })
    expect(made.hostile.count('register')).toBe(0)
  })

  it('Z9: a secret that one has issued is not shown to the other', async () => {
    const made = await lab()
    const preregistered = [{ issuer: made.honest.issuer, clientId: 'known', clientSecret: 'of-the-honest-one' }]
    const identity = { preregistered, registration: false } as const
    const error = await refusal(connectBy(made.hostile.url, visitor(made.hostile.url, { identity })))
    expect(error.check).toBe('identity')
    expect(made.hostile.credentials).toEqual([])
    expect(textOf(error)).not.toContain('of-the-honest-one')
  })

  it.each<[string, Partial<OAuthOptions>, number]>([
    ['has registered itself', {}, 1],
    ['has the same id everywhere', { identity: { metadataUrl: 'https://client.example/metadata.json' } }, 0],
  ])(
    'Z9: tokens of one are not shown to the other when the server moves, and the client %s',
    async (_, options, own) => {
      const [first, second] = [forThisTest(await startHostile()), forThisTest(await startHostile())]
      const reads = having({ client_id_metadata_document_supported: true })
      first.lies = second.lies = { metadata: reads }
      const store = memoryStore()
      const client = await connectBy(first.url, visitor(first.url, { ...options, store }))
      await client.close()
      const had = [...first.issued]
      expect(had.length).toBe(3)
      // The server is the same, its authorization server is another, and what the first has issued is no longer good.
      first.lies = {
        metadata: reads,
        resource: having({ authorization_servers: [second.origin] }),
        challenge: (honest) => honest,
      }
      await refusal(connectBy(first.url, visitor(first.url, { ...options, store })))
      expect(second.count('register')).toBe(own)
      expect(second.count('token')).toBe(1)
      expect(second.credentials.filter(({ value }) => had.some((secret) => value.includes(secret)))).toEqual([])
    },
  )
})
