import { isLoopback } from '../client/address.ts'
import { withoutSlash } from '../client/document.ts'

// What RFC 3986 takes, less what would need escaping in a quoted header value.
const plain = /^[\u0021\u0023-\u005B\u005D-\u007E]+$/
const shape = /^(https?):\/\/([^/?#@]+)(\/[^?#]*)?(\?.*)?$/i

/** An `http:` or `https:` URL, taken apart as it stands: no parser has mended it. */
type Parts = { readonly origin: string; readonly path: string; readonly query: string }

/** Takes a URL apart; undefined for what is none, and where there is user information or a fragment. */
const partsOf = (text: string): Parts | undefined => {
  const [, scheme, authority, path = '', query = ''] = (plain.test(text) && shape.exec(text)) || []
  if (scheme === undefined || authority === undefined || text.includes('#') || !URL.canParse(text)) return undefined
  const known = scheme.toLowerCase()
  const implied = known === 'https' ? ':443' : ':80'
  const host = authority.toLowerCase()
  const named = host.endsWith(implied) ? host.slice(0, -implied.length) : host
  return { origin: `${known}://${named}`, path: path === '' ? '/' : path, query }
}

/**
 * Whether two resource identifiers name the same resource.
 *
 * Scheme and host are compared without case and without a port that the scheme implies; an empty path and `/` are one
 * path; nothing else is equal but what is the same text (RFC 8707, section 2). Identifiers that are no URL are compared
 * as text.
 */
export const isSameResource = (one: string, other: string): boolean => {
  if (one === other) return true
  const [first, second] = [partsOf(one), partsOf(other)]
  if (first === undefined || second === undefined) return false
  return first.origin === second.origin && first.path === second.path && first.query === second.query
}

const readUrl = (what: string, text: string): Parts => {
  const parts = partsOf(text)
  if (parts === undefined) throw new TypeError(`${what}: ${JSON.stringify(text)} is no URL that can be published here`)
  const url = new URL(text)
  if (url.protocol === 'https:' || isLoopback(url)) return parts
  throw new TypeError(`${what}: ${text} must be https:, or http: on loopback`)
}

/** Where a protected resource says how to get in (RFC 9728, section 3). */
export type MetadataPlaces = {
  /** The URL that challenges name. */
  readonly url: string
  /** The paths under which the document is served: with the resource's own path, and at the root. */
  readonly paths: readonly string[]
}

const place = '/.well-known/oauth-protected-resource'

/**
 * Where the metadata of a resource stands.
 * @throws TypeError for an identifier that is no https URL, or one of loopback
 */
export const metadataPlaces = (resource: string): MetadataPlaces => {
  const { origin, path, query } = readUrl('resource', resource)
  const own = `${place}${path === '/' ? '' : path}`
  // Many a client leaves out a slash at the end, where RFC 9728 keeps it.
  return { url: `${origin}${own}${query}`, paths: [...new Set([own, withoutSlash(own), place])] }
}

/** @throws TypeError for an issuer that is no https URL, or one of loopback, or that has a query */
export const checkIssuers = (issuers: readonly string[]): void => {
  for (const issuer of issuers) {
    const { query } = readUrl('authorizationServers', issuer)
    if (query !== '') throw new TypeError(`authorizationServers: an issuer has no query, as ${issuer} has`)
  }
}
