import { andThen, lackingScopes, orElse, scopeFault } from '@parley/core'
import type { Authorize, AuthRefusal, JsonObject, Principal, PublicDocument } from '@parley/core'
import { readBearer } from './bearer.ts'
import { challenges } from './challenges.ts'
import { judge } from './judge.ts'
import type { Rules } from './judge.ts'
import { KnownTokens } from './known-tokens.ts'
import { warnSometimes } from './refusals.ts'
import { checkIssuers, metadataPlaces } from './resource.ts'
import { isFault } from './token.ts'
import type { TokenFault, TokenVerifier } from './token.ts'

/** What protects a server. */
export type ProtectOptions = {
  /**
   * The server's identifier: the URL that clients are given, `https:` or on loopback. It is published and compared
   * exactly as it stands here (RFC 8707).
   */
  readonly resource: string
  /**
   * The issuers whose tokens are taken, exactly as their own metadata names them. None, and nothing is published: tokens
   * are then handed out by other means, and no client can get one by itself.
   */
  readonly authorizationServers: readonly string[]
  /** What tells good tokens from bad ones; of several, the first that knows a token. */
  readonly verifier: TokenVerifier | readonly TokenVerifier[]
  /** What tokens name as their audience, where the authorization server knows the server by another name. @default `resource` */
  readonly audience?: string | undefined
  /** Refuses tokens that others would take, too. @default false */
  readonly soleAudience?: boolean | undefined
  /** Scopes, all of them, that every request needs; single tools may need more. @default none */
  readonly scopes?: readonly string[] | undefined
  /** Scopes that include others: `{ admin: ['read', 'write'] }`. @default none */
  readonly implied?: Readonly<Record<string, readonly string[]>> | undefined
  /** More for the metadata document, such as `resource_name` and `resource_documentation`. @default nothing */
  readonly metadata?: JsonObject | undefined
  /** Seconds that the metadata document may be kept. @default 300 */
  readonly maxAge?: number | undefined
  /** Milliseconds for which a good token is not looked at again, and so goes on although it was revoked. @default 5_000 */
  readonly remember?: number | undefined
  /** Tokens that are remembered. @default 10_000 */
  readonly maxRemembered?: number | undefined
  /** Hears why a token was refused, or that nothing could be found out. @default `console.warn`, at most once a minute for each check */
  readonly onRefused?: ((fault: TokenFault) => void) | undefined
  /** The clock, in epoch milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** What the gate of every road calls, and what it publishes. */
export interface Protection extends Authorize {
  readonly documents: ReadonlyMap<string, (scopes: readonly string[]) => PublicDocument>
  readonly insufficient: (scopes: readonly string[]) => AuthRefusal
}

const checkScopes = (scopes: readonly string[]): void => {
  for (const scope of scopes) {
    const fault = scopeFault(scope)
    if (fault !== undefined) throw new TypeError(`scopes: ${fault}`)
    // SHOULD NOT (2026-07-28, basic/authorization): it is between the client and the authorization server (Z19).
    if (scope === 'offline_access')
      throw new TypeError('scopes: offline_access is for clients to ask for, not for servers')
  }
}

const metadataOf = (options: ProtectOptions, itemScopes: readonly string[]): JsonObject => {
  const { resource, authorizationServers, scopes = [], metadata } = options
  const all = [...new Set([...scopes, ...itemScopes])]
  return {
    ...metadata,
    resource,
    authorization_servers: [...authorizationServers],
    ...(all.length > 0 && { scopes_supported: all }),
    bearer_methods_supported: ['header'],
  }
}

const documentsOf = (options: ProtectOptions, paths: readonly string[]): Protection['documents'] => {
  const { maxAge = 300 } = options
  const write = (scopes: readonly string[]): PublicDocument => ({
    body: JSON.stringify(metadataOf(options, scopes)),
    headers: { 'cache-control': `public, max-age=${maxAge}` },
  })
  return new Map(paths.map((path) => [path, write]))
}

/** Whoever listens must not decide what becomes of a request by failing. */
const tell = (hear: (fault: TokenFault) => void, fault: TokenFault): void => {
  try {
    hear(fault)
  } catch {
    // There is nobody else to tell.
  }
}

// Said of a token that another verifier may know.
const isForeign = ({ check }: TokenFault): boolean => check === 'known' || check === 'issuer' || check === 'form'

/** Asks one verifier after the other. Rejects where none knows the token and one of them could not find out. */
const verifyWith =
  (verifiers: readonly TokenVerifier[], rules: Rules, now: () => number) =>
  async (token: string): Promise<Principal | TokenFault> => {
    let fault: TokenFault = { check: 'known' }
    const failures: unknown[] = []
    for (const verify of verifiers) {
      try {
        const found = await verify(token)
        if (!isFault(found)) return judge(found, rules, now())
        if (isForeign(fault)) fault = found
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0 && isForeign(fault)) throw failures[0]
    return fault
  }

/**
 * Protects a server: nobody is let in without a token that was issued for it, and everybody learns where to get one.
 *
 * The result is the option `authorize` of every road. It publishes the protected-resource metadata (RFC 9728), answers with
 * the challenges of RFC 6750, compares the audience exactly, wants an expiry and hands the principal to `ctx.auth`. What
 * cannot be found out, because an authorization server is down, is refused with 503. It keeps no connection and need not be
 * closed.
 * @throws TypeError for a resource, an issuer or a scope that cannot be published
 *
 * @example
 * const authorize = protect({
 *   resource: 'https://mcp.example.com/mcp',
 *   authorizationServers: ['https://accounts.example.com'],
 *   verifier: jwtVerifier({ issuer: 'https://accounts.example.com' }),
 * })
 * await serveHttp(server, { authorize })
 */
export const protect = (options: ProtectOptions): Protection => {
  const { resource, verifier, scopes = [], now = (): number => Date.now(), onRefused = warnSometimes(now) } = options
  const { url, paths } = metadataPlaces(resource)
  checkIssuers(options.authorizationServers)
  checkScopes(scopes)
  const rules: Rules = {
    audience: options.audience ?? resource,
    soleAudience: options.soleAudience ?? false,
    implied: new Map(Object.entries(options.implied ?? {})),
  }
  const verifiers = typeof verifier === 'function' ? [verifier] : verifier
  const memory = { keep: options.remember ?? 5_000, most: options.maxRemembered ?? 10_000, now }
  const tokens = new KnownTokens(memory, verifyWith(verifiers, rules, now))
  const isPublished = options.authorizationServers.length > 0
  const refusals = challenges(isPublished ? url : undefined, scopes)
  const refused = (fault: TokenFault): AuthRefusal => {
    tell(onRefused, fault)
    return refusals.invalid
  }
  const unreachable = (error: unknown, token: string): AuthRefusal => {
    // A verifier of somebody's own may put into its error what it was given.
    const actual = (error instanceof Error ? error.message : 'an error').replaceAll(token, '…')
    tell(onRefused, { check: 'unreachable', actual })
    return { status: 503, headers: { 'retry-after': '5' } }
  }
  const admitted = (found: Principal | TokenFault): Principal | AuthRefusal => {
    if (isFault(found)) return refused(found)
    return lackingScopes(found, scopes).length === 0 ? found : refusals.insufficient(scopes)
  }
  const authorize: Authorize = (head) => {
    const token = readBearer(head.header('authorization'))
    if (token === undefined) return refusals.missing
    if (typeof token !== 'string') return refused(token)
    return orElse<Principal | AuthRefusal>(
      () => andThen(tokens.find(token), admitted),
      (error) => unreachable(error, token),
    )
  }
  const { insufficient } = refusals
  // A step up that forgot what every request needs would only lead to the next one.
  const all = (wanted: readonly string[]): AuthRefusal => insufficient([...new Set([...scopes, ...wanted])])
  return Object.assign(authorize, { documents: documentsOf(options, isPublished ? paths : []), insufficient: all })
}
