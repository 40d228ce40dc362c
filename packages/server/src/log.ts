import { andThen, loggingLevels, orElse } from '@parley/core'
import type { LoggingLevel, ServerCapabilities } from '@parley/core'
import type { Call } from '@parley/protocol/server'
import type { Log } from './context.ts'

/** Lines that may wait for a caller that does not take them; what comes beyond is dropped and counted. */
const mostWaiting = 1000

type Backlog = { waiting: number; dropped: number }

const emit = (call: Call, backlog: Backlog, level: LoggingLevel, data: unknown, logger?: string): void => {
  const threshold = call.caller.logLevel
  // MUST NOT (2026-07-28, server/utilities/logging): nothing without a threshold, nothing below it (P6).
  if (threshold === undefined || loggingLevels.indexOf(level) < loggingLevels.indexOf(threshold)) return
  if (backlog.waiting >= mostWaiting) {
    backlog.dropped += 1
    return
  }
  const line = backlog.dropped === 0 ? data : { dropped: backlog.dropped, data }
  backlog.dropped = 0
  backlog.waiting += 1
  const params = logger === undefined ? { level, data: line } : { level, logger, data: line }
  const written = (): void => void (backlog.waiting -= 1)
  // A line that can no longer be sent is no reason for a handler to fail.
  const sent = orElse(
    () => call.exchange.notify('notifications/message', params),
    () => undefined,
  )
  void andThen(sent, written)
}

/** Makes the log of one call on a server that advertises these capabilities. */
export const makeLog = (call: Call, { logging }: ServerCapabilities): Log => {
  const backlog: Backlog = { waiting: 0, dropped: 0 }
  const log = (level: LoggingLevel, data: unknown, logger?: string): void => {
    // MUST (server/utilities/logging): only a server that declares `logging` sends log lines (P5).
    if (logging !== undefined) emit(call, backlog, level, data, logger)
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
