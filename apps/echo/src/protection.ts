import { randomBytes } from 'node:crypto'
import { safeFetch } from '@parley/auth/node'
import { jwtVerifier, protect, staticTokens } from '@parley/auth/server'
import type { Protection } from '@parley/auth/server'

/** How callers are to be checked, as it was said on the command line. */
export type ProtectionFlags = {
  readonly auth?: boolean | undefined
  /** The authorization server whose tokens are taken; without it, there is one token for everybody. */
  readonly issuer?: string | undefined
  /** The URL under which clients know the server, where that is another than the one it listens at. */
  readonly resource?: string | undefined
}

/** What checks callers, and what to tell whoever has started the server. */
export type Lock = { readonly authorize: Protection; readonly notice: string }

const variable = 'PARLEY_ECHO_TOKEN'

/** Takes one token, which is shown once unless it was given. */
const lockByToken = (resource: string): Lock => {
  const given = process.env[variable]
  if (given !== undefined && given.length < 16) throw new TypeError(`${variable} needs at least 16 characters`)
  const token = given ?? randomBytes(24).toString('base64url')
  const verifier = staticTokens([{ token, subject: 'holder of the token' }], { issuer: 'parley-echo' })
  const shown =
    given === undefined
      ? `Callers need the header Authorization: Bearer ${token}`
      : `Callers need the token in ${variable}`
  return { authorize: protect({ resource, authorizationServers: [], verifier }), notice: shown }
}

const lockByIssuer = (resource: string, issuer: string): Lock => {
  if (!URL.canParse(issuer)) throw new TypeError(`--issuer takes a URL, not ${JSON.stringify(issuer)}`)
  // Keys are signed documents of whoever was named here; nothing that they point at leads into this network.
  const verifier = jwtVerifier({ issuer, fetch: safeFetch() })
  const authorize = protect({ resource, authorizationServers: [issuer], verifier, metadata: { resource_name: 'Echo' } })
  return { authorize, notice: `Callers need a token of ${issuer} for ${resource}` }
}

/** Makes what checks the callers of a server at a URL; nothing where nobody asked for it. */
export const lock = ({ auth = false, issuer, resource }: ProtectionFlags, url: string): Lock | undefined => {
  const stray = issuer === undefined ? resource && '--resource' : auth ? undefined : '--issuer'
  if (stray !== undefined)
    throw new TypeError(`${stray} goes with --auth${stray === '--resource' ? ' and --issuer' : ''}`)
  if (!auth) return undefined
  if (issuer === undefined) return lockByToken(url)
  if (resource === undefined && new URL(url).port === '0') {
    throw new TypeError('--issuer needs to know the server by its URL: give a --port, or a --resource')
  }
  return lockByIssuer(resource ?? url, issuer)
}
