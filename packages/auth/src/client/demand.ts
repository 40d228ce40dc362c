import { challengeOf } from './challenge.ts'
import type { Challenge } from './challenge.ts'
import { AuthError } from './errors.ts'
import { includesAll, readScopes } from './scopes.ts'
import type { Credential } from './vault.ts'

/** What a server's answer asks for before it lets a request in. */
export type Demand = {
  readonly challenge: Challenge | undefined
  /** More scopes than the token has; undefined for a token, or another one. */
  readonly more: readonly string[] | undefined
  /** What to say when it cannot be met. */
  readonly fault: AuthError
}

const refusedToken = (origin: string, held: Credential | undefined): AuthError =>
  new AuthError(
    'refused',
    held === undefined
      ? `${origin} wants a token, and none could be had`
      : `${origin} refuses the token that ${held.issuer} issued for ${held.resource}`,
  )

const lacking = (origin: string, wanted: readonly string[], held: Credential | undefined): AuthError =>
  new AuthError('scope', `${origin} does not let in with the scopes that were granted`, {
    expected: wanted.join(' '),
    actual: held?.scopes.join(' ') ?? '',
    reason: 'insufficient_scope',
  })

/** Reads what an answer asks for; undefined for an answer that is to be handed on (Z16, Z17). */
export const readDemand = (response: Response, origin: string, held: Credential | undefined): Demand | undefined => {
  if (response.status !== 401 && response.status !== 403) return undefined
  const challenge = challengeOf(response)
  if (response.status === 401) return { challenge, more: undefined, fault: refusedToken(origin, held) }
  if (challenge?.parameters.get('error') !== 'insufficient_scope') return undefined
  const wanted = readScopes(challenge.parameters.get('scope'))
  return { challenge, more: wanted, fault: lacking(origin, wanted, held) }
}

/** Whether a demand for scopes is for what the token has already: asking again would change nothing (T35). */
export const isMet = (wanted: readonly string[], held: Credential | undefined): boolean =>
  held !== undefined && includesAll(held.scopes, wanted)
