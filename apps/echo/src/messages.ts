import { z } from 'zod'
import { longestMessage, longestShortMessage } from './limits.ts'

/** Any message at all. */
export const message: z.ZodString = z.string().max(longestMessage).describe('What to say back')

/** A message that may be said many times. */
export const shortMessage: z.ZodString = z.string().max(longestShortMessage).describe('What to say back')

/** A message that may stand in a URI, where half a surrogate pair has no form. */
export const writableMessage: z.ZodString = shortMessage.refine(
  (said) => !/\p{Surrogate}/u.test(said),
  'holds half a surrogate pair, which no URI can carry',
)
