import { loggingLevels, invalidParams } from '@parley/core'
import type { ServerCapabilities } from '@parley/core'
import type { Feature, MethodHandler } from './feature.ts'

const setLevel: MethodHandler = (call) => {
  const level = loggingLevels.find((known) => known === call.params['level'])
  if (level === undefined) throw invalidParams(`level must be one of ${loggingLevels.join(', ')}`)
  const { session } = call.exchange
  if (session !== undefined) session.state.logLevel = level
  return {}
}

/** Log lines to callers: the capability, and the legacy threshold (server/utilities/logging). */
export const logging = (enabled: boolean): Feature => ({
  capabilities: (): Partial<ServerCapabilities> => (enabled ? { logging: {} } : {}),
  methods: new Map<string, MethodHandler>(enabled ? [['logging/setLevel', setLevel]] : []),
})
