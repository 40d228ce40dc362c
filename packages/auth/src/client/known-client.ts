import { None, PrivateKeyJwt, ClientSecretPost } from 'oauth4webapi'
import type { ClientAuth } from 'oauth4webapi'
import { importJWK, importPKCS8 } from 'jose'
import { basicCredentials } from './basic.ts'
import { AuthError } from './errors.ts'
import type { ServerMetadata } from './server-metadata.ts'

/** A private key to sign client assertions with: one of the platform's, or text that is made into one. */
export type SigningKey =
  | CryptoKey
  | { readonly pem: string; readonly alg: string }
  | { readonly jwk: Readonly<Record<string, unknown>>; readonly alg: string }

/** How a client shows the token endpoint who it is, in the words of RFC 8414. */
export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** A client that an authorization server knows. */
export type KnownClient = {
  readonly clientId: string
  readonly clientSecret?: string | undefined
  /** Signs assertions in place of a secret (RFC 7523). */
  readonly privateKey?: SigningKey | undefined
  /** The `kid` of that key, where the authorization server needs one to find it. */
  readonly keyId?: string | undefined
  /** @default what the authorization server supports and the credentials allow */
  readonly authMethod?: ClientAuthMethod | undefined
}

const isMethod = (text: string): text is ClientAuthMethod =>
  text === 'none' || text === 'client_secret_basic' || text === 'client_secret_post' || text === 'private_key_jwt'

/** The method that a text names, if it is one of ours. */
export const readMethod = (text: string | undefined): ClientAuthMethod | undefined =>
  text !== undefined && isMethod(text) ? text : undefined

const secretMethods: readonly ClientAuthMethod[] = ['client_secret_basic', 'client_secret_post', 'none']

/** How a client authenticates at a server's token endpoint. */
const methodOf = (server: ServerMetadata, client: KnownClient): ClientAuthMethod => {
  const { authMethod, privateKey, clientSecret } = client
  if (authMethod !== undefined) return authMethod
  if (privateKey !== undefined) return 'private_key_jwt'
  if (clientSecret === undefined) return 'none'
  const supported = server.token_endpoint_auth_methods_supported
  // The default of RFC 8414, section 2, where nothing is published.
  if (supported === undefined) return 'client_secret_basic'
  return secretMethods.find((method) => supported.includes(method)) ?? 'client_secret_basic'
}

const basic =
  (secret: string): ClientAuth =>
  (_server, { client_id: id }, _body, headers) => {
    headers.set('authorization', basicCredentials(id, secret))
  }

const imported = new WeakMap<object, Promise<CryptoKey>>()

const importing = async (key: Exclude<SigningKey, CryptoKey>): Promise<CryptoKey> => {
  const made = 'pem' in key ? await importPKCS8(key.pem, key.alg) : await importJWK({ ...key.jwk }, key.alg)
  if (made instanceof Uint8Array) throw new AuthError('identity', 'A private_key_jwt takes an asymmetric private key')
  return made
}

const keyOf = async (key: SigningKey): Promise<CryptoKey> => {
  if (!('alg' in key)) return key
  const known = imported.get(key) ?? importing(key)
  imported.set(key, known)
  try {
    return await known
  } catch (error) {
    if (error instanceof AuthError) throw error
    // Without its cause: parsers like to repeat what they could not read, and it is a key.
    throw new AuthError('identity', `The private key cannot be read as one for ${key.alg}`)
  }
}

const missing = (method: ClientAuthMethod, what: string): AuthError =>
  new AuthError('identity', `The client authenticates with ${method} and has no ${what}`)

/** What puts a client's credentials into a request to the token endpoint. */
export const clientAuthOf = async (server: ServerMetadata, client: KnownClient): Promise<ClientAuth> => {
  const method = methodOf(server, client)
  const { clientSecret, privateKey, keyId } = client
  if (method === 'none') return None()
  if (method === 'private_key_jwt') {
    if (privateKey === undefined) throw missing(method, 'private key')
    const key = await keyOf(privateKey)
    return PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId })
  }
  if (clientSecret === undefined) throw missing(method, 'secret')
  return method === 'client_secret_basic' ? basic(clientSecret) : ClientSecretPost(clientSecret)
}
