import { protect } from '@parley/auth/server'
import type { TokenFault, VerifiedToken } from '@parley/auth/server'
import { describe, expect, it } from 'vitest'
import { headOf, issuer, now, statusOf } from './tokens.ts'

const tokenFor = (audience: VerifiedToken['audience']): VerifiedToken => ({
  issuer,
  subject: 'ada',
  audience,
  scopes: [],
  expiresAt: now + 60_000,
})

const guard = (resource: string, audience: VerifiedToken['audience'], more: object = {}) => {
  const faults: TokenFault[] = []
  const authorize = protect({
    resource,
    authorizationServers: [issuer],
    verifier: () => tokenFor(audience),
    now: () => now,
    onRefused: (fault) => void faults.push(fault),
    ...more,
  })
  return { faults, ask: async () => statusOf(await authorize(headOf('Bearer any'))) }
}

const resource = 'https://mcp.example.com/mcp'

describe('the audience of a token (SEC-AUD-1, T1)', () => {
  it.each<[string, string, readonly string[]]>([
    ['exactly the resource', resource, [resource]],
    ['its host in other letters', resource, ['https://MCP.Example.COM/mcp']],
    ['its scheme in other letters', resource, ['HTTPS://mcp.example.com/mcp']],
    ['the port that https implies', resource, ['https://mcp.example.com:443/mcp']],
    ['no port where the resource names the implied one', 'https://mcp.example.com:443/mcp', [resource]],
    ['a slash for an empty path', 'https://mcp.example.com', ['https://mcp.example.com/']],
    ['an empty path for a slash', 'https://mcp.example.com/', ['https://mcp.example.com']],
    ['a query that is the same', `${resource}?tenant=a`, [`${resource}?tenant=a`]],
    ['the resource among others', resource, ['https://accounts.example.com/userinfo', resource]],
  ])('Z15: lets in with %s', async (_, own, audience) => {
    expect(await guard(own, audience).ask()).toBe(200)
  })

  it.each<[string, readonly string[]]>([
    ['nobody', []],
    ['the origin', ['https://mcp.example.com']],
    ['the origin with a slash', ['https://mcp.example.com/']],
    ['a sibling path', ['https://mcp.example.com/other']],
    ['a path above', ['https://mcp.example.com/']],
    ['a path below', ['https://mcp.example.com/mcp/tools']],
    ['a prefix of the path', ['https://mcp.example.com/mc']],
    ['a path that it is a prefix of', ['https://mcp.example.com/mcp2']],
    ['a slash more', ['https://mcp.example.com/mcp/']],
    ['a slash more within', ['https://mcp.example.com//mcp']],
    ['the path in other letters', ['https://mcp.example.com/MCP']],
    ['the path escaped', ['https://mcp.example.com/%6Dcp']],
    ['a way round to the path', ['https://mcp.example.com/x/../mcp']],
    ['a backslash', ['https://mcp.example.com\\mcp']],
    ['a fragment', ['https://mcp.example.com/mcp#']],
    ['a query', ['https://mcp.example.com/mcp?']],
    ['path parameters', ['https://mcp.example.com/mcp;v=1']],
    ['another scheme', ['http://mcp.example.com/mcp']],
    ['another port', ['https://mcp.example.com:8443/mcp']],
    ['another host', ['https://mcp.example.org/mcp']],
    ['a host below', ['https://a.mcp.example.com/mcp']],
    ['a host that ends alike', ['https://evilmcp.example.com/mcp']],
    ['a host with a dot more', ['https://mcp.example.com./mcp']],
    ['somebody before the host', ['https://ada@mcp.example.com/mcp']],
    ['a host behind somebody', ['https://mcp.example.com@evil.example/mcp']],
    ['white space before', [' https://mcp.example.com/mcp']],
    ['white space after', ['https://mcp.example.com/mcp ']],
    ['a line break within', ['https://mcp.example.com/\nmcp']],
    ['no scheme', ['mcp.example.com/mcp']],
    ['the host alone', ['mcp.example.com']],
    ['the client', ['cli']],
    ['the issuer', [issuer]],
    ['a star', ['*']],
    ['nothing', ['']],
    ['a list of near misses', ['https://mcp.example.com', 'https://mcp.example.com/mcp/', '*']],
    ['both in one', [`${resource} https://other.example.com`]],
  ])('Z15: refuses a token for %s, and tells the operator of both', async (_, audience) => {
    const { ask, faults } = guard(resource, audience)
    expect(await ask()).toBe(401)
    expect(faults).toEqual([
      { check: 'audience', expected: resource, actual: audience.length === 0 ? 'nobody' : audience.join(', ') },
    ])
  })

  it('may be left to the issuer, by a verifier that says so and by nothing else', async () => {
    expect(await guard(resource, 'verified-by-issuer').ask()).toBe(200)
    expect(await guard(resource, ['verified-by-issuer']).ask()).toBe(401)
  })

  it('may have to be this server alone', async () => {
    const sole = { soleAudience: true }
    expect(await guard(resource, [resource], sole).ask()).toBe(200)
    expect(await guard(resource, [resource, 'https://other.example.com'], sole).ask()).toBe(401)
    expect(await guard(resource, [], sole).ask()).toBe(401)
  })

  it('may be another name, where the authorization server knows the server by it', async () => {
    const named = { audience: 'api://6f2c' }
    expect(await guard(resource, ['api://6f2c'], named).ask()).toBe(200)
    expect(await guard(resource, [resource], named).ask()).toBe(401)
    expect(await guard(resource, ['API://6f2c'], named).ask()).toBe(401)
    expect(await guard(resource, ['api://6f2c/'], named).ask()).toBe(401)
  })
})

it.each([
  'mcp.example.com',
  'http://mcp.example.com/mcp',
  'https://mcp.example.com/mcp#part',
  'https://ada:secret@mcp.example.com/mcp',
  'https://mcp.example.com/m"cp',
  'https://mcp.example.com/m cp',
  'ftp://mcp.example.com/',
  'https://',
  '',
])('a server cannot be protected as %j', (own) => {
  expect(() => guard(own, [])).toThrow(TypeError)
})

it.each([[['http://accounts.example.com']], [['https://accounts.example.com?a']], [['accounts']]])(
  'a server cannot send its clients to %j',
  (authorizationServers) => {
    expect(() => guard(resource, [], { authorizationServers })).toThrow(TypeError)
  },
)
