// oxlint-disable-next-line typescript/triple-slash-reference -- who imports this from another folder needs them, too
/// <reference path="./oidc-provider.d.ts" />
import { exportJWK, generateKeyPair } from 'jose'
import type { JWK } from 'jose'
import type { Context, Provider } from 'oidc-provider'
import { Memory } from './adapter.ts'
import type { Adapter } from './adapter.ts'
import { listen } from './listener.ts'
import { keepSecret } from './overheard.ts'
import { Turnstile } from './turnstile.ts'

/** How the authorization server differs from one that suits most tests. */
export type AuthorizationServerOptions = {
  /** Scopes that every protected resource has. @default ['echo:read', 'echo:write', 'echo:admin'] */
  readonly scopes?: readonly string[]
  /** Seconds that an access token is good for; read anew for each. @default 3600 */
  readonly seconds?: number
  /** What an access token is: a JWT (RFC 9068), or a reference that only introspection can read. @default 'jwt' */
  readonly format?: 'jwt' | 'opaque'
  /** Whether clients may register themselves. @default true */
  readonly registration?: boolean
  /** Whether a client may ask for no scope but those that it named when it registered, if it named any. @default true */
  readonly bindsScopes?: boolean
  /** Clients that it knows from the start. @default [] */
  readonly clients?: readonly Readonly<Record<string, unknown>>[]
  /** Client-id metadata documents by their URL; they are not fetched, for it would take a certificate. @default {} */
  readonly documents?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** One request that the token endpoint has answered. */
export type TokenRequest = {
  readonly grant: string
  readonly clientId: string | undefined
  readonly resource: unknown
  readonly scope: unknown
  /** The error code of the answer, where it was one. */
  readonly error?: string
}

/** A real authorization server on this machine, watched. */
export type AuthorizationServer = {
  readonly issuer: string
  /** Everything the token endpoint was asked, in order. */
  readonly requests: readonly TokenRequest[]
  /** Ids of the clients that registered themselves, in order. */
  readonly registered: readonly string[]
  /** Every code, token, verifier and secret that it has given or taken. */
  readonly secrets: ReadonlySet<string>
  /** Seconds that the next access tokens are good for. */
  seconds: number
  /** Where requests to the token endpoint can be held up. */
  readonly tokens: Turnstile
  /** How often a grant was made good. */
  granted(grant: string): number
  /** Takes back every token and every consent; who is logged in stays so. */
  revoke(): void
  /** Forgets every client that registered itself. */
  forgetClients(): void
  close(): Promise<void>
}

/** The client by which a resource server introspects. */
export const introspector = { client_id: 'resource-server', client_secret: 'of-the-resource-server-only' } as const

const defaultScopes = ['echo:read', 'echo:write', 'echo:admin']
const revocable = ['AccessToken', 'RefreshToken', 'AuthorizationCode', 'Grant']

/** Runs what prints notices for operators, which no test wants to read. */
const quietly = <T>(work: () => T): T => {
  const { info, warn } = console
  console.info = console.warn = () => undefined
  try {
    return work()
  } finally {
    Object.assign(console, { info, warn })
  }
}

// It prints while it is loaded, and nothing may be printed for as long as that takes.
const load = async (): Promise<typeof Provider> => {
  const { info, warn } = console
  console.info = console.warn = () => undefined
  try {
    return (await import('oidc-provider')).Provider
  } finally {
    Object.assign(console, { info, warn })
  }
}

const signingKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'k1' }
}

type Live = { seconds: number; readonly memory: Memory; readonly jwk: JWK }

const resources = (live: Live, options: AuthorizationServerOptions): object => ({
  enabled: true,
  getResourceServerInfo: async () => ({
    scope: (options.scopes ?? defaultScopes).join(' '),
    accessTokenTTL: live.seconds,
    accessTokenFormat: options.format ?? 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  }),
})

const features = (live: Live, options: AuthorizationServerOptions): object => ({
  devInteractions: { enabled: true },
  registration: { enabled: options.registration ?? true },
  introspection: { enabled: true, allowedPolicy: async () => true },
  revocation: { enabled: true, allowedPolicy: async () => true },
  clientCredentials: { enabled: true },
  clientIdMetadataDocument: { enabled: options.documents !== undefined, ack: 'draft-02' },
  resourceIndicators: resources(live, options),
})

const served = (documents: AuthorizationServerOptions['documents']) => async (url: string | URL) =>
  Object.hasOwn(documents ?? {}, String(url))
    ? Response.json(documents?.[String(url)])
    : new Response(null, { status: 404 })

/** Keeps clients without the scopes that they registered for, if those are to bind nobody. */
const adapterOf = ({ memory }: Live, binds: boolean): ((kind: string) => Adapter) => {
  if (binds) return memory.adapter
  return (kind) => {
    const adapter = memory.adapter(kind)
    if (kind !== 'Client') return adapter
    return { ...adapter, upsert: (id, { scope: _, ...client }, seconds) => adapter.upsert(id, client, seconds) }
  }
}

const configuration = (live: Live, options: AuthorizationServerOptions): object => ({
  adapter: adapterOf(live, options.bindsScopes ?? true),
  jwks: { keys: [live.jwk] },
  cookies: { keys: ['of this test only'] },
  clients: [{ ...introspector, redirect_uris: [], response_types: [], grant_types: [] }, ...(options.clients ?? [])],
  features: features(live, options),
  scopes: ['openid', 'offline_access', ...(options.scopes ?? defaultScopes)],
  responseTypes: ['code'],
  enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  pkce: { required: () => true },
  // MUST (2026-07-28, authorization): refresh tokens of public clients are rotated. Here all are, and each is good once.
  rotateRefreshToken: true,
  issueRefreshToken: async (_: unknown, client: { grantTypeAllowed(type: string): boolean }) =>
    client.grantTypeAllowed('refresh_token'),
  expiresWithSession: async () => false,
  findAccount: async (_: unknown, accountId: string) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  fetch: served(options.documents),
  ttl: {
    AccessToken: () => live.seconds,
    ClientCredentials: () => live.seconds,
    AuthorizationCode: 60,
    IdToken: 3600,
    ...Object.fromEntries(['RefreshToken', 'Interaction', 'Session', 'Grant'].map((kind) => [kind, 86_400])),
  },
})

const secretsOf = (values: unknown): string[] =>
  Object.entries(values ?? {}).flatMap(([name, value]) =>
    /^(?:code|code_verifier|client_secret|client_assertion|.*_token)$/.test(name) && typeof value === 'string'
      ? [value]
      : [],
  )

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

type Log = { requests: TokenRequest[]; registered: string[]; secrets: Set<string> }

const keep = ({ secrets }: Log, secret: string): void => {
  secrets.add(secret)
  keepSecret(secret)
}

const note = (log: Log, { body, oidc }: Context): void => {
  const answer: Readonly<Record<string, unknown>> = typeof body === 'object' ? { ...body } : {}
  const params = oidc?.params ?? {}
  if (oidc?.route !== 'token' && oidc?.route !== 'registration') return
  for (const secret of [...secretsOf(params), ...secretsOf(answer)]) keep(log, secret)
  const clientId = text(answer['client_id'])
  if (oidc.route === 'registration' && clientId !== undefined) log.registered.push(clientId)
  if (oidc.route !== 'token') return
  const { grant_type: grant, client_id: id, resource, scope } = params
  const error = text(answer['error'])
  const request = { grant: text(grant) ?? '', clientId: text(id), resource, scope }
  log.requests.push(error === undefined ? request : { ...request, error })
}

const watch = (provider: Provider, log: Log): void => {
  provider.use(async (context, next) => {
    await next()
    note(log, context)
  })
  provider.on('authorization.success', (_: Context, out: { code?: string }) => {
    if (out?.code !== undefined) keep(log, out.code)
  })
}

/**
 * Starts `oidc-provider` on a free port of the loopback address: registration, PKCE, resource indicators, refresh tokens
 * that are rotated, and development pages on which `Browser` logs in as anybody.
 *
 * A refresh token that comes a second time takes back the whole grant, as RFC 9700 4.14 has it.
 */
export const startAuthorizationServer = async (
  options: AuthorizationServerOptions = {},
): Promise<AuthorizationServer> => {
  const Made = await load()
  const live: Live = { seconds: options.seconds ?? 3600, memory: new Memory(), jwk: await signingKey() }
  const log: Log = { requests: [], registered: [], secrets: new Set() }
  const tokens = new Turnstile()
  const { origin, close } = await listen((issuer) => {
    const provider = quietly(() => new Made(issuer, configuration(live, options)))
    watch(provider, log)
    const answer = provider.callback()
    return (request, response) => {
      if (request.url === '/token') void tokens.pass(response).then((isHere) => isHere && answer(request, response))
      else answer(request, response)
    }
  })
  return {
    issuer: origin,
    ...log,
    tokens,
    get seconds() {
      return live.seconds
    },
    set seconds(seconds) {
      live.seconds = seconds
    },
    granted: (grant) => log.requests.filter((one) => one.grant === grant && one.error === undefined).length,
    revoke: () => live.memory.forget(...revocable),
    forgetClients: () => live.memory.forget('Client'),
    close,
  }
}
