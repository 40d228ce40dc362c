import type { CacheHints, JsonObject } from '@parley/core'
import { modernVersions, shakeHands } from '@parley/protocol'
import type { ServerSelf } from '@parley/protocol'
import type { Feature, MethodHandler } from './feature.ts'

const discovery = (self: ServerSelf, hints: CacheHints): JsonObject => ({
  supportedVersions: modernVersions,
  capabilities: self.capabilities,
  ...hints,
  ...(self.instructions === undefined ? {} : { instructions: self.instructions }),
})

/** How a client finds out what it talks to: `server/discover`, and in the legacy era `initialize` and `ping`. */
export const lifecycle = (self: ServerSelf, hints: CacheHints): Feature => ({
  capabilities: () => ({}),
  methods: new Map<string, MethodHandler>([
    ['server/discover', () => discovery(self, hints)],
    ['initialize', (call) => shakeHands(call, self)],
    ['ping', () => ({})],
  ]),
})
