import { loggingLevels } from '@parley/core'
import type { LoggingLevel, ServerCapabilities } from '@parley/core'
import type { Call } from '@parley/protocol'
import type { Log } from './context.ts'

const emit = (call: Call, level: LoggingLevel, data: unknown, logger: string | undefined): void => {
  const threshold = call.caller.logLevel
  // MUST NOT (2026-07-28, server/utilities/logging): nothing without a threshold, nothing below it (P6).
  if (threshold === undefined || loggingLevels.indexOf(level) < loggingLevels.indexOf(threshold)) return
  const params = logger === undefined ? { level, data } : { level, logger, data }
  // A line that can no longer be sent is no reason for a handler to fail.
  const send = async (): Promise<void> => call.exchange.notify('notifications/message', params)
  send().catch(() => undefined)
}

/** Makes the log of one call on a server that advertises these capabilities. */
export const makeLog = (call: Call, { logging }: ServerCapabilities): Log => {
  const log = (level: LoggingLevel, data: unknown, logger?: string): void => {
    // MUST (server/utilities/logging): only a server that declares `logging` sends log lines (P5).
    if (logging !== undefined) emit(call, level, data, logger)
  }
  const at =
    (level: LoggingLevel) =>
    (data: unknown, logger?: string): void =>
      log(level, data, logger)
  return Object.assign(log, {
    debug: at('debug'),
    info: at('info'),
    notice: at('notice'),
    warning: at('warning'),
    error: at('error'),
    critical: at('critical'),
    alert: at('alert'),
    emergency: at('emergency'),
  })
}
