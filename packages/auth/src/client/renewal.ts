import { proofsOf } from './dpop.ts'
import type { Reach } from './document.ts'
import { AuthError } from './errors.ts'
import type { Grantor } from './grantor.ts'
import { knownServer } from './protection.ts'
import type { ServerMetadata } from './server-metadata.ts'
import { alone } from './store.ts'
import { refresh, revoke } from './token-endpoint.ts'
import type { Granted } from './token-endpoint.ts'
import type { Acquaintance, Credential, Vault } from './vault.ts'

/** What renewing a token needs to know. */
export type RenewalContext = {
  readonly reach: Reach
  readonly vault: Vault
  readonly grantor: Grantor
  readonly now: () => number
}

const earliest = 60_000

/** Whether a token ends so soon that it is better renewed first: a minute ahead, or a tenth of a short life. */
export const isDue = ({ obtainedAt, expiresAt }: Credential, now: number): boolean =>
  expiresAt !== undefined && now >= expiresAt - Math.min(earliest, (expiresAt - obtainedAt) / 10)

/** Whether a token has ended. */
export const isOver = ({ expiresAt }: Credential, now: number): boolean => expiresAt !== undefined && now >= expiresAt

/** What was granted, as it is kept. */
export const credentialOf = (
  granted: Granted,
  base: Pick<Credential, 'issuer' | 'resource' | 'clientId' | 'scopes' | 'dpopKey' | 'refreshToken'>,
  now: number,
): Credential => ({
  issuer: base.issuer,
  resource: base.resource,
  clientId: base.clientId,
  accessToken: granted.accessToken,
  scheme: granted.scheme,
  // A server that rotates nothing says nothing: the old one stays good.
  refreshToken: granted.refreshToken ?? base.refreshToken,
  scopes: granted.scopes ?? base.scopes,
  obtainedAt: now,
  expiresAt: granted.expiresIn === undefined ? undefined : now + granted.expiresIn * 1000,
  dpopKey: base.dpopKey,
})

// What an authorization server says of a refresh token, or of a client, that it will never take again.
const isFinal = (error: unknown): boolean =>
  error instanceof AuthError && ['invalid_grant', 'invalid_client', 'unauthorized_client'].includes(error.reason ?? '')

/**
 * Renews a credential with its refresh token and stores the new one. Done while nobody else renews it. Settles with
 * undefined where the user has to log in again.
 *
 * @throws AuthError when the authorization server cannot say; then nothing is lost
 */
export const renew = async (
  { reach, vault, grantor, now }: RenewalContext,
  server: ServerMetadata,
  credential: Credential,
): Promise<Credential | undefined> => {
  const { issuer, resource, clientId, refreshToken, dpopKey } = credential
  const client = refreshToken === undefined ? undefined : await grantor.recall(server, clientId)
  if (refreshToken === undefined || client === undefined) return undefined
  try {
    const proofs = dpopKey === undefined ? undefined : await proofsOf(dpopKey)
    const granted = await refresh({ reach, server, client, proofs }, refreshToken, resource)
    const renewed = credentialOf(granted, credential, now())
    await vault.writeCredential(renewed)
    return renewed
  } catch (error) {
    if (!isFinal(error)) throw error
    // Somebody who shares the store without a lock may have been faster: theirs is good, and ours was spent.
    const other = await vault.readCredential(issuer, resource)
    if (other !== undefined && other.accessToken !== credential.accessToken) return other
    await vault.forgetCredential(issuer, resource)
    if (error instanceof AuthError && error.reason === 'invalid_client') await vault.forgetClient(issuer, clientId)
    return undefined
  }
}

/** Tells an authorization server that a token is no longer needed, as far as it can be told. */
const tellRevoked = async (
  { reach, grantor }: RenewalContext,
  server: URL,
  known: Acquaintance,
  { clientId, refreshToken, accessToken }: Credential,
): Promise<void> => {
  try {
    const metadata = await knownServer(reach, server, known)
    const client = await grantor.recall(metadata, clientId)
    if (client !== undefined) await revoke({ reach, server: metadata, client }, refreshToken ?? accessToken)
  } catch {
    // It is forgotten here, which is what was asked for; whether the far side is there to hear of it is another matter.
  }
}

// Milliseconds to wait for another process's renewal. A login may take its user minutes, and is not waited for.
const patience = 15_000

/** Forgets what is stored of a server, and revokes it: while nobody renews it, for that would bring it back. */
export const forgetStored = async (context: RenewalContext, server: URL, forgotten: () => void): Promise<void> => {
  const { vault } = context
  const known = await vault.readAcquaintance(server)
  if (known === undefined) return
  const { issuer, resource } = known
  const work = async (): Promise<Credential | undefined> => {
    const stored = await vault.readCredential(issuer, resource)
    await vault.forgetAcquaintance(server)
    await vault.forgetCredential(issuer, resource)
    forgotten()
    return stored
  }
  const limit = AbortSignal.timeout(patience)
  const key = vault.credentialKey(issuer, resource)
  const stored = await alone(vault.store, key, work, limit).catch((error: unknown) => {
    if (limit.aborted) return work()
    throw error
  })
  if (stored !== undefined) await tellRevoked(context, server, known, stored)
}
