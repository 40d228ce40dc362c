import { invalidParams, isObject, loggingLevels, unsupportedVersion } from '@parley/core'
import type { Implementation, JsonObject, LoggingLevel } from '@parley/core'
import type { Caller } from '../../call.ts'
import { metaKeys } from '../../meta.ts'
import { check } from '../../shape.ts'
import { revisions } from '../index.ts'
import { ClientCapabilities } from '../shapes.gen.ts'
import { version } from './version.ts'

/** The modern revisions, as `server/discover` lists them. */
export const modernVersions: readonly string[] = /* @__PURE__ */ revisions.flatMap((revision) =>
  revision.era === 'modern' ? [revision.version] : [],
)

const missingKeys = (meta: JsonObject): string[] =>
  [metaKeys.protocolVersion, metaKeys.clientCapabilities].filter((key) => meta[key] === undefined)

const checkVersion = (meta: JsonObject): void => {
  const requested = meta[metaKeys.protocolVersion]
  if (requested === version) return
  if (typeof requested === 'string') throw unsupportedVersion({ requested, supported: modernVersions })
  const missing = missingKeys(meta)
  const all = revisions.map((revision) => revision.version)
  throw invalidParams(
    missing.length === 0
      ? `_meta["${metaKeys.protocolVersion}"] must be a string`
      : `_meta lacks ${missing.join(' and ')}, and no initialize came before; supported versions: ${all.join(', ')}`,
    { missing, supported: all },
  )
}

const readInfo = (value: unknown): Implementation | undefined => {
  if (value === undefined) return undefined
  if (isObject(value) && typeof value['name'] === 'string' && typeof value['version'] === 'string') {
    return value as Implementation
  }
  throw invalidParams(`_meta["${metaKeys.clientInfo}"] must hold a name and a version`)
}

const readLevel = (value: unknown): LoggingLevel | undefined => {
  if (value === undefined) return undefined
  const level = loggingLevels.find((known) => known === value)
  if (level === undefined)
    throw invalidParams(`_meta["${metaKeys.logLevel}"] must be one of ${loggingLevels.join(', ')}`)
  return level
}

/**
 * Reads who asks from a request's own `_meta` (basic/index#meta).
 *
 * Throws `unsupportedVersion` for another revision, `invalidParams` for a missing or malformed field.
 */
export const readCaller = (meta: JsonObject): Caller => {
  checkVersion(meta)
  const capabilities = meta[metaKeys.clientCapabilities]
  if (!isObject(capabilities)) throw invalidParams(`_meta lacks an object at ${metaKeys.clientCapabilities}`)
  // Whoever asks whether something was declared looks inside, and must not stumble over a null there.
  const fault = check(ClientCapabilities, capabilities)
  if (fault !== undefined) throw invalidParams(`_meta["${metaKeys.clientCapabilities}"]${fault.path} ${fault.message}`)
  return {
    version,
    info: readInfo(meta[metaKeys.clientInfo]),
    capabilities,
    logLevel: readLevel(meta[metaKeys.logLevel]),
  }
}
