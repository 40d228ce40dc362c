import type { JsonObject } from '@parley/core'
import { checkAddress } from './address.ts'
import { fetchDocument, isMissing, textIn, textsIn, unreachable, wellKnown, withoutSlash } from './document.ts'
import type { Reach } from './document.ts'
import { AuthError } from './errors.ts'

/** What is used of an authorization server's metadata (RFC 8414, OpenID Connect Discovery), in its own words. */
export type ServerMetadata = {
  readonly issuer: string
  readonly authorization_endpoint?: string
  readonly token_endpoint?: string
  readonly registration_endpoint?: string
  readonly revocation_endpoint?: string
  readonly scopes_supported?: string[]
  readonly code_challenge_methods_supported?: string[]
  readonly token_endpoint_auth_methods_supported?: string[]
  readonly dpop_signing_alg_values_supported?: string[]
  readonly authorization_response_iss_parameter_supported?: boolean
  readonly client_id_metadata_document_supported?: boolean
}

const endpoints = ['authorization_endpoint', 'token_endpoint', 'registration_endpoint', 'revocation_endpoint'] as const
const lists = [
  'scopes_supported',
  'code_challenge_methods_supported',
  'token_endpoint_auth_methods_supported',
  'dpop_signing_alg_values_supported',
] as const
const flags = ['authorization_response_iss_parameter_supported', 'client_id_metadata_document_supported'] as const

/** Takes what is known from a metadata document; every endpoint in it is one that may be gone to (Z20, T31). */
const readMetadata = (json: JsonObject, issuer: string, loopback: boolean): ServerMetadata => {
  const found: [string, unknown][] = []
  for (const name of endpoints) {
    const url = textIn(json, name)
    if (url !== undefined) checkAddress(url, `${name} of ${issuer}`, loopback)
    found.push([name, url])
  }
  for (const name of lists) found.push([name, textsIn(json, name)])
  for (const name of flags) found.push([name, json[name] === true ? true : undefined])
  return { ...Object.fromEntries(found.filter(([, value]) => value !== undefined)), issuer }
}

const checkIssuer = (issuer: string, loopback: boolean): URL => {
  const url = checkAddress(issuer, 'issuer', loopback)
  if (url.search === '' && url.hash === '') return url
  throw new AuthError('issuer', 'An issuer has no query and no fragment', { expected: 'a plain URL', actual: issuer })
}

/** Where the metadata of an issuer may be, in the order of Z4. */
export const issuerPlaces = (issuer: URL): readonly URL[] => {
  const inserted = [wellKnown(issuer, 'oauth-authorization-server'), wellKnown(issuer, 'openid-configuration')]
  if (issuer.pathname === '/') return inserted
  return [...inserted, new URL(`${withoutSlash(issuer.pathname)}/.well-known/openid-configuration`, issuer.origin)]
}

/**
 * Finds the metadata of an authorization server, in the order of Z4. A document whose `issuer` is not byte for byte the
 * one that was asked for is never used (Z5). Settles with undefined where no document is.
 *
 * @throws AuthError when the only documents are another issuer's, or when a place cannot be asked
 */
export const findServer = async (
  reach: Reach,
  issuer: string,
  signal?: AbortSignal,
): Promise<ServerMetadata | undefined> => {
  let fault: AuthError | undefined
  for (const place of issuerPlaces(checkIssuer(issuer, reach.loopback))) {
    const found = await fetchDocument(reach, place, signal)
    if (found.json === undefined) {
      if (!isMissing(found)) fault ??= unreachable(place, found)
      continue
    }
    const named = textIn(found.json, 'issuer')
    if (named === issuer) return readMetadata(found.json, issuer, reach.loopback)
    const message = `The metadata at ${place.href} is another issuer's, compared byte for byte`
    fault ??= new AuthError('issuer', message, { expected: issuer, actual: named })
  }
  if (fault !== undefined) throw fault
  return undefined
}

/** Finds the metadata of an authorization server. @throws AuthError when there is none */
export const discoverServer = async (reach: Reach, issuer: string, signal?: AbortSignal): Promise<ServerMetadata> => {
  const metadata = await findServer(reach, issuer, signal)
  if (metadata !== undefined) return metadata
  throw new AuthError('server-metadata', `The authorization server publishes no metadata: ${issuer}`)
}
