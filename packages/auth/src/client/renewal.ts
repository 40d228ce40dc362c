import { proofsOf } from './dpop.ts'
import type { Reach } from './document.ts'
import { AuthError } from './errors.ts'
import type { Grantor } from './grantor.ts'
import { knownServer } from './protection.ts'
import type { ServerMetadata } from './server-metadata.ts'
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
    if (error instanceof AuthError && error.reason === 'invalid_client') await forgetClient(vault, issuer, clientId)
    return undefined
  }
}

/** Lets go of a registration that its issuer no longer knows. */
const forgetClient = async (vault: Vault, issuer: string, clientId: string): Promise<void> => {
  const stored = await vault.readRegistration(issuer)
  if (stored?.clientId === clientId) await vault.forgetRegistration(issuer)
}

/** Tells an authorization server that a token is no longer needed, as far as it can be told. */
export const tellRevoked = async (
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
