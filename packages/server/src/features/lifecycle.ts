import type { CacheHints, JsonObject } from '@parley/core'
import { modernVersions, shakeHands } from '@parley/protocol/server'
import type { ServerSelf } from '@parley/protocol/server'
import type { Feature, MethodHandler } from './feature.ts'

const discovery = (self: ServerSelf, hints: CacheHints): JsonObject => {
  // MUST NOT (SEP-2663): the tasks of 2025-11-25 are not advertised here, where an extension has taken their place (W8).
  const { tasks: _, ...capabilities } = self.capabilities
  const { instructions } = self
  return {
    supportedVersions: modernVersions,
    capabilities,
    ...hints,
    ...(instructions !== undefined && { instructions }),
  }
}

/** How a client finds out what it talks to: `server/discover`, and in the legacy era `initialize` and `ping`. */
export const lifecycle = (self: ServerSelf, hints: CacheHints): Feature => ({
  capabilities: () => ({}),
  methods: new Map<string, MethodHandler>([
    ['server/discover', () => discovery(self, hints)],
    ['initialize', (call) => shakeHands(call, self)],
    ['ping', () => ({})],
  ]),
})
