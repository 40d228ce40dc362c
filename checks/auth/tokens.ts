import { createRemoteJWKSet, jwtVerify } from 'jose'

/** What the claims of a good access token say. */
export type Bearer = {
  readonly subject: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Seconds since 1970. */
  readonly expires: number
}

/** Verifies access tokens of one issuer for one resource, for servers that bring no verifier of their own. */
export const bearers = (issuer: string, resource: string): ((token: string) => Promise<Bearer>) => {
  const keys = createRemoteJWKSet(new URL('/jwks', issuer))
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, { issuer, audience: resource, typ: 'at+jwt' })
    const { sub = '', exp = 0, client_id: clientId, scope } = payload
    return { subject: sub, clientId: String(clientId), scopes: String(scope).split(' '), expires: exp }
  }
}
