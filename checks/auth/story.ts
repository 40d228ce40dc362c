import { inspect } from 'node:util'
import { AuthError } from '@parley/auth/client'
import { expect } from 'vitest'
import { overhear } from './overheard.ts'

const whole = { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null }

/** All that an error tells to whoever prints it, logs it or serialises it, with everything behind it. */
export const textOf = (error: unknown): string =>
  [inspect(error, whole), error instanceof Error ? error.stack : '', JSON.stringify(error)].join('\n')

/** Expects an error of the authorization's own, and notes all that it tells. */
export const overhearError = (error: unknown): AuthError => {
  expect(error).toBeInstanceOf(AuthError)
  overhear(textOf(error))
  return error as AuthError
}

/** Expects some work to fail at a check of the authorization, and gives what it is refused with. */
export const refusal = async (work: Promise<unknown>): Promise<AuthError> =>
  overhearError(
    await work.then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  )
