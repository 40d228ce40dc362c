import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  customFetch,
  genericTokenEndpointRequest,
  isDPoPNonceError,
  processGenericTokenEndpointResponse,
  refreshTokenGrantRequest,
  ResponseBodyError,
  revocationRequest,
} from 'oauth4webapi'
import type { Client, ClientAuth, DPoPHandle, TokenEndpointRequestOptions, TokenEndpointResponse } from 'oauth4webapi'
import { readJson, textIn } from './document.ts'
import type { Reach } from './document.ts'
import { AuthError, shown } from './errors.ts'
import { clientAuthOf } from './known-client.ts'
import type { KnownClient } from './known-client.ts'
import { readScopes } from './scopes.ts'
import type { ServerMetadata } from './server-metadata.ts'

/** A token endpoint, and who asks there. */
export type TokenEndpoint = {
  readonly reach: Reach
  readonly server: ServerMetadata
  readonly client: KnownClient
  readonly proofs?: DPoPHandle | undefined
}

/** What a token endpoint granted. */
export type Granted = {
  readonly accessToken: string
  readonly scheme: 'Bearer' | 'DPoP'
  readonly refreshToken: string | undefined
  readonly scopes: readonly string[] | undefined
  /** Seconds. */
  readonly expiresIn: number | undefined
  /** What kind of token it is, in answer to a token exchange (RFC 8693). */
  readonly issuedTokenType: string | undefined
}

// What must not come back in an error, however the other side words it.
const secretNames = [
  'code',
  'code_verifier',
  'refresh_token',
  'client_secret',
  'client_assertion',
  'assertion',
  'subject_token',
  'token',
]

/** A text of the other side's with everything taken out that was told to it in confidence. */
const scrubbed = (text: string, secrets: readonly string[]): string =>
  shown(secrets.reduce((left, secret) => left.replaceAll(secret, '…'), text))

type Exchange = { readonly options: TokenEndpointRequestOptions; readonly secrets: string[]; description: string }

const secretsIn = (body: URLSearchParams): string[] =>
  secretNames.flatMap((name) => body.getAll(name)).filter((value) => value !== '')

// What no secret is looked for in: programs go by these names.
const reasons = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'invalid_target',
  'unauthorized_client',
  'unsupported_grant_type',
])

/**
 * The answer as the library should read it: of its headers what matters, of its body all but an ID token, which is of no
 * use here and whose signature nobody has checked. An error that came with a 200 is an error all the same.
 */
const readable = async (response: Response, exchange: Exchange): Promise<Response> => {
  const json = await readJson(response)
  const headers = new Headers({ 'content-type': 'application/json' })
  const nonce = response.headers.get('dpop-nonce')
  if (nonce !== null) headers.set('dpop-nonce', nonce)
  if (json === undefined) return new Response('', { status: response.status === 200 ? 502 : response.status, headers })
  const { id_token: _unused, ...rest } = json
  const error = textIn(rest, 'error')
  exchange.description = scrubbed(textIn(rest, 'error_description') ?? '', exchange.secrets)
  const status = response.status === 200 && error !== undefined ? 400 : response.status
  return new Response(JSON.stringify(rest), { status, headers })
}

const exchangeAt = ({ reach, proofs, client: { clientSecret = '' } }: TokenEndpoint): Exchange => {
  const secrets = clientSecret === '' ? [] : [clientSecret]
  const send = async (
    url: string,
    made: { readonly body?: URLSearchParams | null; readonly headers: Record<string, string> },
  ): Promise<Response> => {
    if (made.body instanceof URLSearchParams) secrets.push(...secretsIn(made.body))
    const [, credentials] = made.headers['authorization']?.split(' ') ?? []
    if (credentials !== undefined) secrets.push(credentials)
    const init = { method: 'POST', headers: made.headers, body: String(made.body), loopback: reach.loopback } as const
    return readable(await reach.fetch(new URL(url), init), exchange)
  }
  const options: TokenEndpointRequestOptions = {
    [customFetch]: send,
    [allowInsecureRequests]: reach.loopback,
    ...(proofs === undefined ? {} : { DPoP: proofs }),
  }
  const exchange: Exchange = { options, secrets, description: '' }
  return exchange
}

/** An error of the library's as one of ours: without its cause, which holds the answer with all that is in it. */
const translated = (error: unknown, server: ServerMetadata, { description, secrets }: Exchange): unknown => {
  if (error instanceof AuthError || !(error instanceof Error)) return error
  const where = `The token endpoint of ${server.issuer}`
  if (error instanceof ResponseBodyError) {
    const reason = reasons.has(error.error) ? error.error : scrubbed(error.error, secrets)
    return new AuthError('token', `${where} said no: ${reason}${description === '' ? '' : `: ${description}`}`, {
      reason,
    })
  }
  return new AuthError('token', `${where} did not answer with a token: ${error.message}`)
}

const isUsable = (token: string): boolean => /^[\u0021-\u007E]+$/.test(token)

const granted = (response: TokenEndpointResponse, server: ServerMetadata): Granted => {
  const { access_token: accessToken, refresh_token: refreshToken, scope, expires_in: expiresIn } = response
  if (!isUsable(accessToken)) {
    throw new AuthError('token', `${server.issuer} issued a token that fits into no header`)
  }
  const kind = response['issued_token_type']
  return {
    accessToken,
    // The library has refused every other type but the one that its caller allowed.
    scheme: response.token_type === 'dpop' ? 'DPoP' : 'Bearer',
    refreshToken,
    scopes: scope === undefined ? undefined : readScopes(scope),
    expiresIn,
    issuedTokenType: typeof kind === 'string' ? kind : undefined,
  }
}

type Send = (known: Client, auth: ClientAuth, options: TokenEndpointRequestOptions) => Promise<Response>

// A token that is none: the type of what a token exchange may issue (RFC 8693, section 2.2.1).
const exchangeable = { recognizedTokenTypes: { n_a: () => undefined } }

const request = async (endpoint: TokenEndpoint, send: Send, isExchange = false): Promise<Granted> => {
  const { server, client, proofs } = endpoint
  const auth = await clientAuthOf(server, client)
  const known = { client_id: client.clientId }
  const exchange = exchangeAt(endpoint)
  const once = async (): Promise<TokenEndpointResponse> => {
    const response = await send(known, auth, exchange.options)
    return processGenericTokenEndpointResponse(server, known, response, isExchange ? exchangeable : {})
  }
  try {
    const answer = await once().catch((error: unknown) => {
      if (proofs !== undefined && isDPoPNonceError(error)) return once()
      throw error
    })
    return granted(answer, server)
  } catch (error) {
    throw translated(error, server, exchange)
  }
}

/** Redeems an authorization code; `answer` has been checked by `validateAuthResponse`. */
export const redeemCode = (
  endpoint: TokenEndpoint,
  answer: URLSearchParams,
  { redirectUri, verifier, resource }: { redirectUri: string; verifier: string; resource: string },
): Promise<Granted> =>
  request(endpoint, (known, auth, options) =>
    authorizationCodeGrantRequest(endpoint.server, known, auth, answer, redirectUri, verifier, {
      ...options,
      additionalParameters: { resource },
    }),
  )

/** Gets a new access token for a refresh token, for the same resource. */
export const refresh = (endpoint: TokenEndpoint, refreshToken: string, resource: string): Promise<Granted> =>
  request(endpoint, (known, auth, options) =>
    refreshTokenGrantRequest(endpoint.server, known, auth, refreshToken, {
      ...options,
      additionalParameters: { resource },
    }),
  )

/** Asks for a token by any other grant. An exchange (RFC 8693) may issue what is no access token. */
export const requestGrant = (
  endpoint: TokenEndpoint,
  grantType: string,
  parameters: Readonly<Record<string, string | undefined>>,
  isExchange = false,
): Promise<Granted> => {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const send: Send = (known, auth, options) =>
    genericTokenEndpointRequest(endpoint.server, known, auth, grantType, given, options)
  return request(endpoint, send, isExchange)
}

/** Tells the authorization server that a token is no longer needed (RFC 7009), where it can be told. */
export const revoke = async (endpoint: TokenEndpoint, token: string): Promise<void> => {
  const { server, client } = endpoint
  if (server.revocation_endpoint === undefined) return
  const auth = await clientAuthOf(server, client)
  const exchange = exchangeAt(endpoint)
  try {
    await revocationRequest(server, { client_id: client.clientId }, auth, token, exchange.options)
  } catch (error) {
    throw translated(error, server, exchange)
  }
}
