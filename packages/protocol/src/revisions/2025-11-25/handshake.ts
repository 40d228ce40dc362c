import { internalError, isObject } from '@parley/core'
import type { ClientCapabilities, Implementation, JsonObject, LoggingLevel } from '@parley/core'
import type { Call, Caller } from '../../call.ts'
import type { Exchange } from '../../exchange.ts'
import type { Session, SessionState } from '../../session.ts'
import { revisions } from '../index.ts'
import type { ServerSelf } from '../revision.ts'

const legacyVersions: readonly string[] = revisions.flatMap((revision) =>
  revision.era === 'legacy' ? [revision.version] : [],
)

/** The revision that a client is offered: the one it asked for if it is legacy, else the newest that is (L2). */
export const settleVersion = (requested: unknown): string =>
  legacyVersions.find((version) => version === requested) ?? (legacyVersions[0] as string)

/** The session of a legacy exchange. Throws when the road gave it none. */
export const sessionOf = (exchange: Exchange): Session => {
  if (exchange.session === undefined) throw internalError(`${exchange.request.method} came without a session`)
  return exchange.session
}

/**
 * Opens the session of an `initialize` call and gives the result (basic/lifecycle#initialization).
 *
 * A second one starts the session's state afresh.
 */
export const shakeHands = (call: Call, self: ServerSelf): JsonObject => {
  const { state } = sessionOf(call.exchange)
  const { protocolVersion, capabilities, clientInfo } = call.params
  state.version = settleVersion(protocolVersion)
  state.capabilities = isObject(capabilities) ? capabilities : {}
  state.info = clientInfo as Implementation
  state.offered = self.capabilities
  state.initialized = false
  state.subscriptions = []
  delete state.logLevel
  const result: JsonObject = { protocolVersion: state.version, capabilities: self.capabilities, serverInfo: self.info }
  if (self.instructions !== undefined) result['instructions'] = self.instructions
  return result
}

/** Who asks on a legacy session. The log level is read when a line is emitted, for a call may outlive a change of it. */
export class SessionCaller implements Caller {
  readonly #state: SessionState

  constructor(state: SessionState) {
    this.#state = state
  }

  get version(): string {
    return this.#state.version ?? (legacyVersions[0] as string)
  }

  get info(): Implementation | undefined {
    return this.#state.info
  }

  get capabilities(): ClientCapabilities {
    return this.#state.capabilities ?? {}
  }

  // Before a client sets a threshold the server may choose one (server/utilities/logging).
  get logLevel(): LoggingLevel | undefined {
    return this.#state.logLevel ?? 'info'
  }
}
