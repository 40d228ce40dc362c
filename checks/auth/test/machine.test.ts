import { clientCredentials } from '@parley/auth/client'
import type { ClientCredentialsOptions, Login } from '@parley/auth/client'
import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { exportJWK, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startAuthorizationServer } from '../authorization-server.ts'
import { watchOutput } from '../canary.ts'
import { forThisTest } from '../lifetime.ts'
import { keepSecret } from '../overheard.ts'
import { serveProtected } from '../protected.ts'
import { refusal } from '../story.ts'

watchOutput()

const secret = 'of-this-machine-and-of-nobody-else'
keepSecret(secret)

const common = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }
const { privateKey, publicKey } = await generateKeyPair('ES256')
const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'm' }
const clients = [
  { ...common, client_id: 'basic', client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' },
  { ...common, client_id: 'post', client_secret: secret, token_endpoint_auth_method: 'client_secret_post' },
  { ...common, client_id: 'key', token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } },
]

const meet = async (options: Pick<ClientCredentialsOptions, 'clientId'> & Partial<ClientCredentialsOptions>) => {
  const authorizationServer = forThisTest(await startAuthorizationServer({ clients }))
  const server = forThisTest(await serveProtected(authorizationServer))
  return { authorizationServer, server, login: clientCredentials(server.url, options) }
}

const enter = (url: string, { fetch }: Login) =>
  connect(http(url, { fetch, listen: false }), { name: 'machine', version: '1.0.0' })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a machine at a real authorization server', () => {
  it.each<[string, Pick<ClientCredentialsOptions, 'clientId'> & Partial<ClientCredentialsOptions>]>([
    ['a secret in the header', { clientId: 'basic', clientSecret: secret }],
    ['a secret in the body', { clientId: 'post', clientSecret: secret, authMethod: 'client_secret_post' }],
    ['a key', { clientId: 'key', privateKey, keyId: 'm' }],
  ])('gets in with %s, and again when its token has expired', async (_, options) => {
    const { authorizationServer, server, login } = await meet(options)
    const client = await enter(server.url, login)
    expect((await client.callTool('whoami')).content).toEqual([{ type: 'text', text: options.clientId }])
    vi.setSystemTime(Date.now() + 4_000_000)
    expect((await client.callTool('whoami')).content).toEqual([{ type: 'text', text: options.clientId }])
    await client.close()
    expect(authorizationServer.requests.map(({ grant }) => grant)).toEqual(['client_credentials', 'client_credentials'])
    expect(authorizationServer.requests.map(({ resource }) => resource)).toEqual([server.url, server.url])
  })

  it('takes another scope when a tool asks for it', async () => {
    const { authorizationServer, server, login } = await meet({ clientId: 'basic', clientSecret: secret })
    const client = await enter(server.url, login)
    expect((await client.callTool('write')).content).toEqual([{ type: 'text', text: 'written' }])
    await client.close()
    expect(authorizationServer.requests.map(({ scope }) => scope)).toEqual(['echo:read', 'echo:read echo:write'])
  })

  it('is told so when its secret is wrong, and does not tell it', async () => {
    const { server, login } = await meet({ clientId: 'basic', clientSecret: 'another-secret-of-its-own' })
    keepSecret('another-secret-of-its-own')
    const error = await refusal(enter(server.url, login))
    expect(error).toMatchObject({ check: 'token', reason: 'invalid_client' })
  })
})
