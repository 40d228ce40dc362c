import { inspect } from 'node:util'

const whole = { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null }

/** All that an error tells to whoever prints it, logs it or serialises it, with everything behind it. */
export const textOf = (error: unknown): string =>
  [inspect(error, whole), error instanceof Error ? error.stack : '', JSON.stringify(error)].join('\n')
