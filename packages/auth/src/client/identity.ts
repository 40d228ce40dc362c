import type { Reach } from './document.ts'
import { AuthError } from './errors.ts'
import { readMethod } from './known-client.ts'
import type { KnownClient } from './known-client.ts'
import { register } from './registration.ts'
import type { ClientMetadata } from './registration.ts'
import type { ServerMetadata } from './server-metadata.ts'
import { alone } from './store.ts'
import type { Registration, Vault } from './vault.ts'

/** A client that was registered by hand, with the authorization server that knows it. */
export type PreregisteredClient = KnownClient & {
  /**
   * The authorization server that issued the id, byte for byte as it calls itself. Its credentials go nowhere else.
   * @default the first that they are used with; it is remembered, and every other is refused
   */
  readonly issuer?: string | undefined
}

/** Who the client is to an authorization server; what is given is tried in this order (Z6). */
export type ClientIdentity = {
  /** Clients registered by hand. */
  readonly preregistered?: readonly PreregisteredClient[] | undefined
  /** The https URL of the client's metadata document, which is its id wherever such documents are supported. */
  readonly metadataUrl?: string | undefined
  /** What to register with where clients register themselves; false for never. @default {} */
  readonly registration?: ClientMetadata | false | undefined
  /** Asks the user for a client id that this issuer knows. The answer is remembered. */
  readonly ask?: ((issuer: string) => Promise<KnownClient>) | undefined
}

/** @throws TypeError for a URL that cannot be a client id by the rules for metadata documents (Z7) */
export const checkMetadataUrl = (text: string): void => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url !== undefined && url.hash === '' && url.username === '' && url.password === ''
  if (!isPlain || url.protocol !== 'https:' || url.pathname === '/' || url.href !== text) {
    throw new TypeError(`A client metadata URL is an https URL with a path, as a browser would write it: ${text}`)
  }
}

/** Finds and remembers who the client is, issuer by issuer. */
export type Identities = {
  readonly identity: ClientIdentity
  readonly vault: Vault
  readonly reach: Reach
  readonly now: () => number
}

const fromRegistration = ({ clientId, clientSecret, authMethod }: Registration): KnownClient => ({
  clientId,
  clientSecret,
  authMethod: readMethod(authMethod),
})

/** Lets credentials without an issuer settle at the first one they meet, and nowhere else (Z9). */
export const pin = (vault: Vault, clientId: string, issuer: string): Promise<void> =>
  // Alone: of two that are met at once, each would find it free.
  alone(vault.store, vault.pinKey(clientId), async () => {
    const pinned = await vault.readPin(clientId)
    if (pinned === undefined) return vault.writePin(clientId, issuer)
    if (pinned === issuer) return
    const compared = { expected: pinned, actual: issuer }
    throw new AuthError('identity', `The client ${clientId} was used with another authorization server`, compared)
  })

const preregisteredAt = async ({ identity, vault }: Identities, issuer: string): Promise<KnownClient | undefined> => {
  const known = identity.preregistered ?? []
  const exact = known.find((one) => one.issuer === issuer)
  if (exact !== undefined) return exact
  const open = known.find((one) => one.issuer === undefined)
  if (open !== undefined) await pin(vault, open.clientId, issuer)
  return open
}

/** Whether a stored registration will do: its secret is still good, and it was made for this redirect URI. */
const isGood = ({ expiresAt, redirectUris }: Registration, redirectUri: string, now: number): boolean =>
  (expiresAt === undefined || expiresAt > now) && (redirectUris.length === 0 || redirectUris.includes(redirectUri))

const registered = async (
  { identity, vault, reach, now }: Identities,
  server: ServerMetadata,
  redirectUri: string,
): Promise<KnownClient | undefined> => {
  const stored = await vault.readRegistration(server.issuer)
  if (stored !== undefined && isGood(stored, redirectUri, now())) return fromRegistration(stored)
  if (identity.registration === false || server.registration_endpoint === undefined) return undefined
  try {
    const made = await register(reach, server, identity.registration ?? {}, redirectUri)
    await vault.writeRegistration(server.issuer, made)
    return fromRegistration(made)
  } catch (error) {
    // The user may know a way in where registering is refused (Z8).
    if (error instanceof AuthError && identity.ask !== undefined) return undefined
    throw error
  }
}

const nobody = ({ identity }: Identities, issuer: string): AuthError => {
  const issuers = (identity.preregistered ?? []).flatMap((one) => one.issuer ?? [])
  if (issuers.length > 0) {
    const compared = { expected: issuers.join(' '), actual: issuer }
    return new AuthError('identity', 'The client is registered with another authorization server', compared)
  }
  const message = `There is no client id for ${issuer}: it takes no metadata documents of this client and no registration. Register a client there by hand, and give it as preregistered`
  return new AuthError('identity', message)
}

/** Chooses who to be at an authorization server, in the order of Z6. @throws AuthError when there is no way to be anybody */
export const identify = async (all: Identities, server: ServerMetadata, redirectUri: string): Promise<KnownClient> => {
  const { identity, vault } = all
  const { issuer } = server
  const given = await preregisteredAt(all, issuer)
  if (given !== undefined) return given
  if (identity.metadataUrl !== undefined && server.client_id_metadata_document_supported === true) {
    return { clientId: identity.metadataUrl, authMethod: 'none' }
  }
  const own = await registered(all, server, redirectUri)
  if (own !== undefined) return own
  if (identity.ask === undefined) throw nobody(all, issuer)
  const { clientId, clientSecret, authMethod, ...rest } = await identity.ask(issuer)
  await vault.writeRegistration(issuer, { clientId, clientSecret, authMethod, redirectUris: [] })
  return { clientId, clientSecret, authMethod, ...rest }
}

/** Who a token was issued to: the client with that id at that issuer, if it is still known. */
export const recall = async (all: Identities, issuer: string, clientId: string): Promise<KnownClient | undefined> => {
  const { identity, vault } = all
  const given = (identity.preregistered ?? []).find((one) => one.clientId === clientId)
  if (given !== undefined) return given.issuer === undefined || given.issuer === issuer ? given : undefined
  if (identity.metadataUrl === clientId) return { clientId, authMethod: 'none' }
  const stored = await vault.readClient(issuer, clientId)
  return stored === undefined ? undefined : fromRegistration(stored)
}
