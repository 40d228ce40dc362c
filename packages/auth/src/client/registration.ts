import type { JsonObject } from '@parley/core'
import { isLoopback } from './address.ts'
import { readJson, textIn, textsIn } from './document.ts'
import type { Reach } from './document.ts'
import { AuthError, shown } from './errors.ts'
import type { ServerMetadata } from './server-metadata.ts'
import type { Registration } from './vault.ts'

/** What a client says of itself when it registers (RFC 7591): `client_name` and whatever else is to be told. */
export type ClientMetadata = Readonly<Record<string, unknown>> & {
  readonly client_name?: string
  /** @default 'native' for redirects on loopback or by a scheme of one's own, else 'web' */
  readonly application_type?: 'native' | 'web'
}

const applicationTypeOf = (redirectUri: string): 'native' | 'web' => {
  const url = new URL(redirectUri)
  return url.protocol === 'https:' && !isLoopback(url) ? 'web' : 'native'
}

const preferred = ['none', 'client_secret_basic', 'client_secret_post']

const metadataOf = (server: ServerMetadata, own: ClientMetadata, redirectUri: string): JsonObject => {
  const supported = server.token_endpoint_auth_methods_supported
  const method = preferred.find((one) => supported?.includes(one))
  return {
    client_name: 'MCP client',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: applicationTypeOf(redirectUri),
    ...(method === undefined ? {} : { token_endpoint_auth_method: method }),
    ...own,
  }
}

type Answer = { readonly status: number; readonly json: JsonObject | undefined }

const post = async (reach: Reach, url: URL, body: JsonObject): Promise<Answer> => {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(body), loopback: reach.loopback } as const
  const response = await reach.fetch(url, init)
  return { status: response.status, json: await readJson(response) }
}

const refused = (issuer: string, redirectUri: string, { status, json }: Answer): AuthError => {
  const reason = json === undefined ? undefined : textIn(json, 'error')
  const description = json === undefined ? undefined : textIn(json, 'error_description')
  const said = [`HTTP ${status}`, reason, description].filter((part) => part !== undefined).map(shown)
  const message = `${issuer} does not register a client with the redirect URI ${redirectUri}: ${said.join(': ')}`
  return new AuthError('registration', message, { reason: reason === undefined ? undefined : shown(reason) })
}

const read = (sent: JsonObject, json: JsonObject, issuer: string, redirectUri: string): Registration => {
  const clientId = textIn(json, 'client_id')
  if (clientId === undefined) throw new AuthError('registration', `${issuer} registered a client without a client_id`)
  const redirectUris = textsIn(json, 'redirect_uris') ?? []
  // A server that sends the answers elsewhere than it was asked to is not one to send anybody to.
  if (redirectUris.length > 0 && !redirectUris.includes(redirectUri)) {
    const compared = { expected: redirectUri, actual: redirectUris.join(' ') }
    throw new AuthError('registration', `${issuer} registered other redirect URIs`, compared)
  }
  const expires = json['client_secret_expires_at']
  return {
    clientId,
    clientSecret: textIn(json, 'client_secret'),
    authMethod: textIn(json, 'token_endpoint_auth_method') ?? textIn(sent, 'token_endpoint_auth_method'),
    redirectUris: [redirectUri],
    expiresAt: typeof expires === 'number' && expires > 0 ? expires * 1000 : undefined,
  }
}

// What the rules of OpenID Connect about redirect URIs and the type of application are refused with.
const isAboutRedirects = (json: JsonObject | undefined): boolean =>
  json !== undefined && ['invalid_redirect_uri', 'invalid_client_metadata'].includes(textIn(json, 'error') ?? '')

/**
 * Registers a client with an authorization server (RFC 7591), and tries the other type of application where the first is
 * refused for its redirect URI (Z8).
 *
 * @throws AuthError when the server refuses, or registers something else than was asked for
 */
export const register = async (
  reach: Reach,
  server: ServerMetadata,
  own: ClientMetadata,
  redirectUri: string,
): Promise<Registration> => {
  const url = new URL(server.registration_endpoint ?? '')
  const first = metadataOf(server, own, redirectUri)
  const other = { ...first, application_type: first['application_type'] === 'native' ? 'web' : 'native' }
  let refusal: AuthError | undefined
  for (const sent of [first, other]) {
    const answer = await post(reach, url, sent)
    const isMade = answer.status === 201 || answer.status === 200
    if (isMade && answer.json !== undefined) return read(sent, answer.json, server.issuer, redirectUri)
    refusal ??= refused(server.issuer, redirectUri, answer)
    if (!isAboutRedirects(answer.json)) break
  }
  throw refusal ?? new AuthError('registration', `${server.issuer} registers no clients`)
}
