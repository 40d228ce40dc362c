import type { Principal } from '@parley/core'
import { isSameResource } from './resource.ts'
import type { TokenFault, VerifiedToken } from './token.ts'

/** Milliseconds that two clocks may differ. */
export const leeway = 30_000

/** What tokens are held against. */
export type Rules = {
  readonly audience: string
  /** Whether a token that is meant for others, too, is refused. */
  readonly soleAudience: boolean
  /** Scopes by those that include them. */
  readonly implied: ReadonlyMap<string, readonly string[]>
}

const audienceFault = ({ audience }: VerifiedToken, rules: Rules): TokenFault | undefined => {
  if (audience === 'verified-by-issuer') return undefined
  const isMeant = audience.some((each) => isSameResource(each, rules.audience))
  if (isMeant && (!rules.soleAudience || audience.length === 1)) return undefined
  const expected = rules.soleAudience ? `${rules.audience} alone` : rules.audience
  return { check: 'audience', expected, actual: audience.length === 0 ? 'nobody' : audience.join(', ') }
}

const at = (time: number): string => {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString()
}

const timeFault = ({ expiresAt, notBefore = 0 }: VerifiedToken, now: number): TokenFault | undefined => {
  // A number that is none compares as neither, and JSON can write one that never comes.
  if (expiresAt !== 'never' && !(expiresAt + leeway > now && Number.isFinite(expiresAt))) {
    return { check: 'expiry', expected: `after ${at(now)}`, actual: at(expiresAt) }
  }
  if (notBefore - leeway <= now) return undefined
  return { check: 'not-before', expected: `before ${at(now)}`, actual: at(notBefore) }
}

/** Scopes with all that they include (2026-07-28, basic/authorization#runtime-insufficient-scope-errors). */
const expanded = (scopes: readonly string[], implied: Rules['implied']): readonly string[] => {
  const all = new Set(scopes)
  // Grows while it is walked, so that what is included by the included is walked, too.
  for (const scope of all) for (const each of implied.get(scope) ?? []) all.add(each)
  return [...all]
}

/**
 * Holds a token against this server: for whom it is meant, and when it is good (Z15, T1).
 *
 * The audience is compared here and nowhere else, so that no verifier can forget it.
 */
export const judge = (token: VerifiedToken, rules: Rules, now: number): Principal | TokenFault => {
  const fault = timeFault(token, now) ?? audienceFault(token, rules)
  if (fault !== undefined) return fault
  const { issuer, subject, clientId, expiresAt, claims } = token
  const who = subject ?? clientId
  if (who === undefined || who === '') return { check: 'subject', expected: 'a subject or a client', actual: 'neither' }
  return {
    issuer,
    subject: who,
    ...(clientId !== undefined && { clientId }),
    scopes: expanded(token.scopes, rules.implied),
    ...(expiresAt !== 'never' && { expiresAt }),
    ...(claims !== undefined && { claims: { ...claims } }),
  }
}
