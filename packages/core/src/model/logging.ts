import type { Json } from '../json.ts'

/** How bad it is, in the words of RFC 5424. */
export type LoggingLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency'

/** Every level, from the least to the most severe. */
export const loggingLevels: readonly LoggingLevel[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
]

/** A line of a server's log, for the client (server/utilities/logging). No secrets, no personal data. */
export type LoggingMessageParams = {
  level: LoggingLevel
  /** Who is logging. */
  logger?: string
  /** The line itself: a string, or any JSON. */
  data: Json
}
