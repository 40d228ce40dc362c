import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { textIn, textsIn } from './document.ts'
import type { CredentialStore } from './store.ts'

/** An access token and what goes with it: for one resource, from one issuer, for one client. */
export type Credential = {
  readonly issuer: string
  readonly resource: string
  readonly clientId: string
  readonly accessToken: string
  readonly scheme: 'Bearer' | 'DPoP'
  readonly refreshToken?: string | undefined
  /** What was granted; what was asked for, where the answer does not say. */
  readonly scopes: readonly string[]
  /** Epoch milliseconds. */
  readonly obtainedAt: number
  /** Epoch milliseconds; undefined where the authorization server does not say. */
  readonly expiresAt?: number | undefined
  /** The private key that the token is bound to, as a JWK. */
  readonly dpopKey?: JsonObject | undefined
}

/** What is remembered of a server between processes: where its token is, and what was asked for. */
export type Acquaintance = {
  readonly issuer: string
  readonly resource: string
  readonly legacy: boolean
  readonly scopes: readonly string[]
}

/** A client that registered itself with an issuer, or that someone entered for one. */
export type Registration = {
  readonly clientId: string
  readonly clientSecret?: string | undefined
  readonly authMethod?: string | undefined
  readonly redirectUris: readonly string[]
  /** Epoch milliseconds after which the secret is no longer good. */
  readonly expiresAt?: number | undefined
}

/** Reads and writes what is kept, by what it belongs to. What cannot be read counts as not there. */
export interface Vault {
  readonly store: CredentialStore
  /** What a credential is kept and locked under: its issuer and its resource, never its server alone (Z9, T36). */
  credentialKey(issuer: string, resource: string): string
  readAcquaintance(server: URL): Promise<Acquaintance | undefined>
  writeAcquaintance(server: URL, acquaintance: Acquaintance): Promise<void>
  forgetAcquaintance(server: URL): Promise<void>
  readCredential(issuer: string, resource: string): Promise<Credential | undefined>
  writeCredential(credential: Credential): Promise<void>
  forgetCredential(issuer: string, resource: string): Promise<void>
  /** The client to be at an issuer: the one that was written last. */
  readRegistration(issuer: string): Promise<Registration | undefined>
  /** A client that there is at an issuer, be it that another was written since: tokens that were issued to it are its own. */
  readClient(issuer: string, clientId: string): Promise<Registration | undefined>
  writeRegistration(issuer: string, registration: Registration): Promise<void>
  forgetClient(issuer: string, clientId: string): Promise<void>
  /** The issuer that credentials without one were first used at; it is fixed by the first use. */
  readPin(clientId: string): Promise<string | undefined>
  writePin(clientId: string, issuer: string): Promise<void>
  /** What a pin is locked under. */
  pinKey(clientId: string): string
}

const numberIn = (json: JsonObject, name: string): number | undefined => {
  const value = json[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

const toCredential = (json: JsonObject): Credential | undefined => {
  const [issuer, resource, clientId] = [textIn(json, 'issuer'), textIn(json, 'resource'), textIn(json, 'clientId')]
  const accessToken = textIn(json, 'accessToken')
  if (issuer === undefined || resource === undefined || clientId === undefined || accessToken === undefined) return
  return {
    issuer,
    resource,
    clientId,
    accessToken,
    scheme: json['scheme'] === 'DPoP' ? 'DPoP' : 'Bearer',
    refreshToken: textIn(json, 'refreshToken'),
    scopes: textsIn(json, 'scopes') ?? [],
    obtainedAt: numberIn(json, 'obtainedAt') ?? 0,
    expiresAt: numberIn(json, 'expiresAt'),
    dpopKey: isObject(json['dpopKey']) ? json['dpopKey'] : undefined,
  }
}

const toAcquaintance = (json: JsonObject): Acquaintance | undefined => {
  const [issuer, resource] = [textIn(json, 'issuer'), textIn(json, 'resource')]
  if (issuer === undefined || resource === undefined) return undefined
  return { issuer, resource, legacy: json['legacy'] === true, scopes: textsIn(json, 'scopes') ?? [] }
}

const toRegistration = (json: JsonObject): Registration | undefined => {
  const clientId = textIn(json, 'clientId')
  if (clientId === undefined) return undefined
  return {
    clientId,
    clientSecret: textIn(json, 'clientSecret'),
    authMethod: textIn(json, 'authMethod'),
    redirectUris: textsIn(json, 'redirectUris') ?? [],
    expiresAt: numberIn(json, 'expiresAt'),
  }
}

const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts)
const pinKey = (clientId: string): string => keyOf('pin', clientId)

/** Puts a vault around a store. Tokens are kept apart by `account`, clients and pins are not. */
export const vaultOf = (store: CredentialStore, account: string): Vault => {
  const read = async <T>(key: string, to: (json: JsonObject) => T | undefined): Promise<T | undefined> => {
    const json = await store.read(key)
    return json === undefined ? undefined : to(json)
  }
  const serverKey = ({ href }: URL): string => keyOf('server', href, account)
  const credentialKey = (issuer: string, resource: string): string => keyOf('token', issuer, resource, account)
  return {
    store,
    credentialKey,
    readAcquaintance: (server) => read(serverKey(server), toAcquaintance),
    writeAcquaintance: (server, acquaintance) => store.write(serverKey(server), { ...acquaintance }),
    forgetAcquaintance: (server) => store.delete(serverKey(server)),
    readCredential: (issuer, resource) => read(credentialKey(issuer, resource), toCredential),
    writeCredential: (one) => store.write(credentialKey(one.issuer, one.resource), { ...one }),
    forgetCredential: (issuer, resource) => store.delete(credentialKey(issuer, resource)),
    readRegistration: (issuer) => read(keyOf('client', issuer), toRegistration),
    readClient: (issuer, clientId) => read(keyOf('client', issuer, clientId), toRegistration),
    writeRegistration: async (issuer, registration) => {
      await store.write(keyOf('client', issuer, registration.clientId), { ...registration })
      await store.write(keyOf('client', issuer), { ...registration })
    },
    forgetClient: async (issuer, clientId) => {
      await store.delete(keyOf('client', issuer, clientId))
      const last = await read(keyOf('client', issuer), toRegistration)
      if (last?.clientId === clientId) await store.delete(keyOf('client', issuer))
    },
    readPin: (clientId) => read(pinKey(clientId), (json) => textIn(json, 'issuer')),
    writePin: (clientId, issuer) => store.write(pinKey(clientId), { issuer }),
    pinKey,
  }
}
