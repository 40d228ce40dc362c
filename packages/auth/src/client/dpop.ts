import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { allowInsecureRequests, customFetch, DPoP, generateKeyPair, protectedResourceRequest } from 'oauth4webapi'
import type { CryptoKeyPair, DPoPHandle } from 'oauth4webapi'
import { challengeOf } from './challenge.ts'
import type { Protection } from './protection.ts'
import type { ServerMetadata } from './server-metadata.ts'

const alg = 'ES256'
const curve = { name: 'ECDSA', namedCurve: 'P-256' }

const newKey = async (): Promise<JsonObject> => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await crypto.subtle.exportKey('jwk', privateKey)) }
}

const pairOf = async (jwk: JsonObject): Promise<CryptoKeyPair> => {
  const { kty, crv, x, y } = jwk
  const isPublic = isObject(jwk) && typeof x === 'string' && typeof y === 'string'
  if (!isPublic || kty !== 'EC' || crv !== 'P-256') throw new TypeError('The stored DPoP key is not one of P-256')
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('jwk', { ...jwk, ext: true, key_ops: ['sign'] }, curve, false, ['sign']),
    crypto.subtle.importKey('jwk', { kty, crv, x, y, ext: true }, curve, true, ['verify']),
  ])
  return { privateKey, publicKey }
}

/** What signs proofs with a key (RFC 9449), and remembers the nonces that servers gave. */
export const proofsOf = async (key: JsonObject): Promise<DPoPHandle> => DPoP({}, await pairOf(key))

/** Whether an authorization server binds tokens to keys of the kind that is made here. */
const bindsTokens = ({ dpop_signing_alg_values_supported: algs }: ServerMetadata): boolean =>
  algs?.includes(alg) === true

/** Makes a key to bind a token to, as a JWK to store with it: where the server demands one, or where it is wanted and can be. */
export const proofKeyFor = async (
  { server, dpopRequired }: Protection,
  isWanted: boolean,
): Promise<JsonObject | undefined> => (dpopRequired || (isWanted && bindsTokens(server)) ? newKey() : undefined)

/** One request to a protected server that shows a token bound to a key. */
export type ProvenRequest = {
  readonly url: URL
  readonly init: RequestInit
  readonly accessToken: string
  readonly proofs: DPoPHandle
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>
}

const sendOnce = async ({ url, init, accessToken, proofs, fetch }: ProvenRequest): Promise<Response> => {
  let answer: Response | undefined
  const headers = new Headers(init.headers)
  headers.delete('authorization')
  const through = async (_url: string, made: { readonly headers: Record<string, string> }): Promise<Response> => {
    answer = await fetch(url, { ...init, headers: made.headers })
    return answer
  }
  const options = { DPoP: proofs, [customFetch]: through, [allowInsecureRequests]: url.protocol === 'http:' }
  try {
    return await protectedResourceRequest(accessToken, init.method ?? 'GET', url, headers, undefined, options)
  } catch (error) {
    // A challenge is an error to the library, and an answer to whoever asked.
    if (answer === undefined) throw error
    return answer
  }
}

/** Sends a request with a proof of its own, and once more where the server wants its nonce in it. */
export const sendProven = async (request: ProvenRequest): Promise<Response> => {
  const response = await sendOnce(request)
  const wantsNonce = response.status === 401 && challengeOf(response)?.parameters.get('error') === 'use_dpop_nonce'
  if (!wantsNonce || !response.headers.has('dpop-nonce')) return response
  await response.body?.cancel()
  return sendOnce(request)
}
