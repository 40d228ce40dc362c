import { loggingLevels } from '@parley/core'
import type { LoggingLevel } from '@parley/core'
import type { Client } from '@parley/client'
import { metaKeys } from '@parley/protocol'
import type { Call, Session } from '@parley/protocol'

const leastSevere = (levels: Iterable<LoggingLevel>): LoggingLevel | undefined => {
  const wanted = new Set(levels)
  return loggingLevels.find((level) => wanted.has(level))
}

/**
 * The level that a legacy server behind is told: the least severe that anybody in front wants to hear.
 *
 * It keeps one for the whole connection, while the callers that share the connection each have their own: the front holds
 * back what is beneath it.
 */
export class Loudness {
  readonly #bySession = new Map<Session, LoggingLevel>()
  #ofCalls: LoggingLevel | undefined
  #told: { readonly client: Client; readonly level: LoggingLevel; readonly settled: Promise<void> } | undefined

  /** Takes note of what a session wants to hear, for as long as it lasts. */
  set(session: Session, level: LoggingLevel): void {
    if (!this.#bySession.has(session)) session.whenEnded(() => this.#bySession.delete(session))
    this.#bySession.set(session, level)
  }

  /** Takes note of what a modern call wants to hear. That is kept, or every other call would set it anew. */
  note({ meta, caller: { logLevel } }: Call): void {
    if (logLevel === undefined || meta[metaKeys.logLevel] === undefined) return
    this.#ofCalls = leastSevere([logLevel, this.#ofCalls ?? logLevel])
  }

  /** Settles once the server behind knows; also where it has nothing to be told. Rejects when it refuses. */
  async tell(client: Client): Promise<void> {
    const level = leastSevere([...this.#bySession.values(), ...(this.#ofCalls === undefined ? [] : [this.#ofCalls])])
    // A modern server behind is told with each call.
    if (level === undefined || client.era === 'modern' || client.capabilities.logging === undefined) return
    if (this.#told?.client !== client || this.#told.level !== level) {
      this.#told = { client, level, settled: client.setLogLevel(level) }
    }
    const told = this.#told
    try {
      await told.settled
    } catch (error) {
      if (this.#told === told) this.#told = undefined
      throw error
    }
  }
}
