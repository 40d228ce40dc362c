import type { JsonObject } from '@parley/core'
import { checkAddress } from './address.ts'
import type { Challenge } from './challenge.ts'
import { fetchDocument, isMissing, textIn, textsIn, unreachable, wellKnown, withoutSlash } from './document.ts'
import type { Found, Reach } from './document.ts'
import { AuthError } from './errors.ts'
import { union } from './scopes.ts'

/** What a protected server publishes of itself (RFC 9728). */
export type ResourceMetadata = {
  /** Its identifier, exactly as published. */
  readonly resource: string
  readonly authorizationServers: readonly string[]
  readonly scopesSupported: readonly string[] | undefined
  /** Whether it takes no tokens but those bound to a key (RFC 9449). */
  readonly dpopRequired: boolean
}

const name = 'oauth-protected-resource'

/** Whether a resource identifier stands for a server: the same origin, and its path or one above it. */
const covers = (resource: string, server: URL): boolean => {
  // MUST (RFC 8707, section 2): no fragment, an empty one neither.
  if (!URL.canParse(resource) || resource.includes('#')) return false
  const { origin, pathname, search, username, password } = new URL(resource)
  const [above, path] = [withoutSlash(pathname), withoutSlash(server.pathname)]
  // A query is part of a name: with another one, it may be somebody else's.
  const isPlain = username === '' && password === '' && (search === '' || search === server.search)
  return isPlain && origin === server.origin && (path === above || path.startsWith(`${above}/`))
}

const readMetadata = (json: JsonObject, server: URL): ResourceMetadata => {
  const resource = textIn(json, 'resource')
  if (resource === undefined) throw new AuthError('resource-metadata', 'The resource metadata names no resource')
  // A token asked for in the name of another resource is one that this server could take there (Z3, T36).
  if (!covers(resource, server)) {
    const compared = { expected: `${server.origin}${server.pathname}`, actual: resource }
    throw new AuthError('resource', 'The published resource is not the server that is talked to', compared)
  }
  const scopes = textsIn(json, 'scopes_supported')
  return {
    resource,
    authorizationServers: textsIn(json, 'authorization_servers') ?? [],
    scopesSupported: scopes === undefined ? undefined : union(scopes),
    dpopRequired: json['dpop_bound_access_tokens_required'] === true,
  }
}

const placesOf = (server: URL, challenge: Challenge | undefined, loopback: boolean): readonly URL[] => {
  const told = challenge?.parameters.get('resource_metadata')
  const first = told === undefined ? [] : [checkAddress(told, 'resource_metadata of the challenge', loopback)]
  const atPath = wellKnown(server, name)
  const atRoot = new URL(`/.well-known/${name}`, server.origin)
  const unique = new Map([...first, atPath, atRoot].map((url) => [url.href, url]))
  return [...unique.values()]
}

/**
 * Finds what a protected server publishes of itself, in the order of Z3: where the challenge says, at the well-known
 * place with the server's path, at the root. Settles with undefined where it publishes nothing.
 *
 * @throws AuthError when a place cannot be asked, and when what is published is not about this server
 */
export const discoverResource = async (
  reach: Reach,
  server: URL,
  challenge: Challenge | undefined,
  signal?: AbortSignal,
): Promise<ResourceMetadata | undefined> => {
  for (const place of placesOf(server, challenge, reach.loopback)) {
    const found: Found = await fetchDocument(reach, place, signal)
    if (found.json !== undefined) return readMetadata(found.json, server)
    // Something that may be there is not passed over: whoever can keep it from us would choose what we find instead.
    if (!isMissing(found)) throw unreachable(place, found)
  }
  return undefined
}
