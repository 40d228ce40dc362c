import type { Challenge } from './challenge.ts'
import type { Reach } from './document.ts'
import { AuthError } from './errors.ts'
import { discoverResource } from './resource-metadata.ts'
import { discoverServer, findServer } from './server-metadata.ts'
import type { ServerMetadata } from './server-metadata.ts'

/** What stands before a protected server: its identifier as a resource, and the authorization server that lets in. */
export type Protection = {
  readonly resource: string
  readonly server: ServerMetadata
  /** What the server says is enough to begin with. */
  readonly scopesSupported: readonly string[] | undefined
  readonly dpopRequired: boolean
  /** Whether it is one of 2025-03-26, which publishes no resource metadata. */
  readonly legacy: boolean
}

/** What discovery goes by. */
export type DiscoveryOptions = {
  readonly reach: Reach
  readonly server: URL
  /** Whether a server without resource metadata is taken for one of 2025-03-26. */
  readonly legacyFallback: boolean
  /** Which of the issuers that a server names to go to. */
  readonly choose: (issuers: readonly string[]) => string | undefined
}

/** The resource identifier of a server that publishes none: its URL, without what only gets in the way. */
const identifierOf = ({ origin, pathname, search }: URL): string =>
  pathname === '/' && search === '' ? origin : `${origin}${pathname}${search}`

/**
 * The authorization server of a 2025-03-26 server: its own origin, with metadata at the root or with the endpoints at
 * their default paths (Z21).
 */
export const legacyServer = async (reach: Reach, { origin }: URL, signal?: AbortSignal): Promise<ServerMetadata> => {
  const metadata = await findServer(reach, origin, signal)
  if (metadata !== undefined) return metadata
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    // It is mandatory there, and nothing says so where nothing is published.
    code_challenge_methods_supported: ['S256'],
  }
}

/** The authorization server that a token came from, without asking the protected server again. */
export const knownServer = (
  reach: Reach,
  server: URL,
  { issuer, legacy }: { readonly issuer: string; readonly legacy: boolean },
): Promise<ServerMetadata> => (legacy ? legacyServer(reach, server) : discoverServer(reach, issuer))

/** Finds out what protects a server. @throws AuthError for whatever is missing or does not fit together */
export const discover = async (
  options: DiscoveryOptions,
  challenge: Challenge | undefined,
  signal?: AbortSignal,
): Promise<Protection> => {
  const { reach, server: url, choose, legacyFallback } = options
  const published = await discoverResource(reach, url, challenge, signal)
  if (published === undefined) {
    if (!legacyFallback) {
      const message = `${url.origin} publishes no protected-resource metadata; for an older server, which cannot, set legacyFallback`
      throw new AuthError('resource-metadata', message)
    }
    const server = await legacyServer(reach, url, signal)
    return { resource: identifierOf(url), server, scopesSupported: undefined, dpopRequired: false, legacy: true }
  }
  const { resource, authorizationServers, scopesSupported, dpopRequired } = published
  const issuer = choose(authorizationServers)
  if (issuer === undefined) {
    throw new AuthError('resource-metadata', 'The resource metadata names no authorization server')
  }
  const server = await discoverServer(reach, issuer, signal)
  return { resource, server, scopesSupported, dpopRequired, legacy: false }
}
