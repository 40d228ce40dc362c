import type { Hostile, Lie, Lies } from './hostile.ts'
import { endless, having, returns, says, sends, silent, truth, without } from './lie.ts'
import type { Row } from './lie.ts'

const resources: readonly Row[] = (
  [
    ['another origin', () => 'https://other.example/mcp'],
    ['another port', () => 'http://127.0.0.1:9/mcp'],
    ['another scheme', ({ url }) => url.replace('http:', 'https:')],
    ['a sibling path', ({ origin }) => `${origin}/mcp2`],
    ['a path below', ({ url }) => `${url}/below`],
    ['half a path segment', ({ origin }) => `${origin}/mc`],
    ['the host with a user before it', ({ url }) => url.replace('//', '//other.example@')],
  ] satisfies readonly [string, (hostile: Hostile) => string][]
).map(([name, resource]) => ({
  lie: `the resource is ${name}`,
  lies: (hostile) => ({ resource: having({ resource: resource(hostile) }) }),
  check: 'resource',
  compared: (hostile) => [hostile.url, resource(hostile)],
  until: 'rootResource',
}))

const servers: readonly Row[] = [
  'javascript:alert(1)',
  'file:///etc/passwd',
  'data:application/json,{}',
  'http://10.0.0.1',
  'http://169.254.169.254/latest/meta-data',
  'http://[fd00::1]',
  'http://metadata.internal',
  'not a URL',
].map((server) => ({
  lie: `the authorization server is ${server}`,
  lies: () => ({ resource: having({ authorization_servers: [server] }) }),
  check: 'address',
  until: 'rootResource',
}))

const metadata: readonly Row[] = [
  ...(
    [
      ['another', ({ origin }: Hostile) => origin.replace('127.0.0.1', 'localhost')],
      ['the same with a slash behind it', ({ origin }: Hostile) => `${origin}/`],
      ['the same in capitals', ({ origin }: Hostile) => origin.replace('http', 'HTTP')],
    ] as const
  ).map(([name, issuer]): Row => ({
    lie: `the issuer of the metadata is ${name}`,
    lies: (hostile) => ({ metadata: having({ issuer: issuer(hostile) }) }),
    check: 'issuer',
    compared: (hostile) => [hostile.origin, issuer(hostile)],
    until: 'metadata',
  })),
  {
    lie: 'the metadata names no issuer',
    lies: () => ({ metadata: without('issuer') }),
    check: 'issuer',
    until: 'metadata',
  },
  {
    lie: 'no method of PKCE is supported',
    lies: () => ({ metadata: without('code_challenge_methods_supported') }),
    check: 'pkce',
    until: 'metadata',
  },
  {
    lie: 'only the plain method of PKCE is supported',
    lies: () => ({ metadata: having({ code_challenge_methods_supported: ['plain'] }) }),
    check: 'pkce',
    until: 'metadata',
  },
  ...[
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://other.example/authorize',
    'http://10.0.0.1/authorize',
  ].flatMap((endpoint) =>
    ['authorization_endpoint', 'token_endpoint'].map((name): Row => ({
      lie: `the ${name} is ${endpoint}`,
      lies: () => ({ metadata: having({ [name]: endpoint }) }),
      check: 'address',
      until: 'register',
    })),
  ),
]

const documents: readonly Row[] = (
  [
    ['resource', 'rootResource'],
    ['metadata', 'metadata'],
  ] as const
).flatMap(([step, until]): Row[] => [
  {
    lie: `the ${step} never ends`,
    lies: () => ({ [step]: says(endless()) }),
    check: 'document',
    compared: () => ['at most 262144 bytes', 'more'],
    until,
  },
  { lie: `the ${step} stops after a byte`, lies: () => ({ [step]: says(silent()) }), check: 'document', until },
])

const registration: readonly Row[] = (
  [
    ['names no client', without('client_id')],
    ['has a number for the client', having({ client_id: 7 })],
    ['is not JSON', says('<html>', 201)],
    ['is refused', says({ error: 'invalid_redirect_uri' }, 400)],
    ['has other redirect URIs', having({ redirect_uris: ['https://other.example/callback'] })],
  ] satisfies readonly [string, Lie][]
).map(([name, lie]) => ({
  lie: `the registration ${name}`,
  lies: () => ({ register: lie }),
  check: 'registration',
  until: 'register',
}))

const issuers: readonly Row[] = (
  [
    ['is another', () => 'https://other.example', truth],
    ['has a slash behind it', ({ origin }) => `${origin}/`, truth],
    ['is in capitals', ({ origin }) => origin.toUpperCase(), truth],
    ['is not there', () => undefined, truth],
    [
      'is another though none was to come',
      () => 'https://other.example',
      () => ({ metadata: without('authorization_response_iss_parameter_supported') }),
    ],
  ] satisfies readonly [string, (hostile: Hostile) => string | undefined, () => Lies][]
).flatMap(([name, issuer, lies]): Row[] => {
  const change = (query: URLSearchParams, hostile: Hostile): void => {
    const said = issuer(hostile)
    if (said === undefined) query.delete('iss')
    else query.set('iss', said)
  }
  const row = {
    lies,
    check: 'issuer',
    compared: (hostile: Hostile) => [hostile.origin, issuer(hostile) ?? 'nothing'] as const,
    until: 'authorize',
  } as const
  const failed = returns((query, hostile) => {
    change(query, hostile)
    query.delete('code')
    query.set('error', 'server_error')
    query.set('error_description', 'Call this number')
  })
  return [
    { ...row, lie: `the issuer of the answer ${name}`, returns: returns(change) },
    { ...row, lie: `the issuer of the answer ${name}, and it is an error`, returns: failed },
  ]
})

const answers: readonly Row[] = [
  { lie: 'the state is missing', change: (query: URLSearchParams) => query.delete('state'), check: 'state' as const },
  {
    lie: 'the state is another',
    change: (query: URLSearchParams) => query.set('state', 'other'),
    check: 'state' as const,
  },
  {
    lie: 'the state comes twice',
    change: (query: URLSearchParams) => query.append('state', 'other'),
    check: 'state' as const,
  },
  {
    lie: 'the issuer comes twice',
    change: (query: URLSearchParams) => query.append('iss', 'https://other.example'),
    check: 'state' as const,
  },
  {
    lie: 'the code is missing',
    change: (query: URLSearchParams) => query.delete('code'),
    check: 'authorization' as const,
  },
  {
    lie: 'the code comes twice',
    change: (query: URLSearchParams) => query.append('code', 'other'),
    check: 'state' as const,
  },
].map(({ lie, change, check }) => ({ lie, lies: truth, check, until: 'authorize', returns: returns(change) }))

/** What is refused before any credential has left. */
export const early: readonly Row[] = [
  ...resources,
  ...servers,
  ...metadata,
  ...documents,
  ...registration,
  ...issuers,
  ...answers,
  {
    lie: 'the resource has no authorization server',
    lies: () => ({ resource: without('authorization_servers') }),
    check: 'resource-metadata',
    until: 'rootResource',
  },
  {
    lie: 'the resource is sent for elsewhere',
    lies: (_, elsewhere) => ({ resource: sends(`${elsewhere}/prm`) }),
    check: 'resource-metadata',
    until: 'rootResource',
  },
  {
    lie: 'the metadata is sent for elsewhere',
    lies: (_, elsewhere) => ({ metadata: sends(`${elsewhere}/metadata`) }),
    check: 'server-metadata',
    until: 'metadata',
  },
  {
    lie: 'the registration is sent elsewhere',
    lies: (_, elsewhere) => ({ register: sends(`${elsewhere}/register`) }),
    check: 'registration',
    until: 'register',
  },
]

/** What the token endpoint can answer, once the code is with it. */
export const tokens: readonly Row[] = (
  [
    ['is of a type that nobody knows', having({ token_type: 'mac' })],
    ['has no type', without('token_type')],
    ['is missing', without('access_token')],
    ['is a number', having({ access_token: 7 })],
    ['is empty', having({ access_token: '' })],
    ['breaks the header that it goes into', having({ access_token: 'a\r\nX-Injected: 1' })],
    ['is on a page', says('<html>')],
    ['is refused', says({ error: 'invalid_grant', error_description: 'Call this number' }, 400)],
  ] satisfies readonly [string, Lie][]
).map(([name, lie]) => ({ lie: `the token ${name}`, lies: () => ({ token: lie }), check: 'token', until: 'token' }))

/** Answers of the token endpoint that would send the code, or the client, elsewhere. */
export const tokenRoads: readonly Row[] = [
  {
    lie: 'the token is sent for elsewhere',
    lies: (_, elsewhere) => ({ token: sends(`${elsewhere}/token`) }),
    check: 'token',
    until: 'token',
  },
  { lie: 'the token never ends', lies: () => ({ token: says(endless()) }), check: 'document', until: 'token' },
  { lie: 'the token stops after a byte', lies: () => ({ token: says(silent()) }), check: 'document', until: 'token' },
]
