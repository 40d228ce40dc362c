import { canonical, isObject, principalKey } from '@parley/core'
import type { ClientCapabilities, Implementation, JsonObject, Principal } from '@parley/core'
import { metaKeys, metaOf } from '@parley/protocol'
import type { Exchange } from '@parley/protocol'

/** What of a caller the server behind must know before it is connected to. */
export type CallerKind = {
  readonly principal: Principal | undefined
  readonly info: Implementation | undefined
  readonly form: boolean
  readonly url: boolean
  readonly sampling: boolean
  readonly sampleTools: boolean
  readonly sampleContext: boolean
  readonly roots: boolean
}

const objectIn = (holder: JsonObject | undefined, key: string): JsonObject | undefined => {
  const value = holder?.[key]
  return isObject(value) ? value : undefined
}

const declaredIn = ({ request, session }: Exchange): JsonObject | ClientCapabilities => {
  const { params } = request
  const own = objectIn(metaOf(params), metaKeys.clientCapabilities)
  return own ?? session?.state.capabilities ?? objectIn(params, 'capabilities') ?? {}
}

const infoIn = ({ request, session }: Exchange): Implementation | undefined => {
  const { params } = request
  const info = objectIn(metaOf(params), metaKeys.clientInfo) ?? session?.state.info ?? objectIn(params, 'clientInfo')
  const { name, version } = info ?? {}
  return typeof name === 'string' && typeof version === 'string' ? { name, version } : undefined
}

/**
 * Reads what kind of caller sends a request. It is lenient: what is malformed counts as absent here, and is refused with
 * its own error when the request is read.
 */
export const callerKind = (exchange: Exchange): CallerKind => {
  const declared: JsonObject = { ...declaredIn(exchange) }
  const elicitation = objectIn(declared, 'elicitation')
  const sampling = objectIn(declared, 'sampling')
  const url = isObject(elicitation?.['url'])
  return {
    principal: exchange.origin.principal,
    info: infoIn(exchange),
    // Before there were modes, declaring elicitation meant forms (client/elicitation).
    form: elicitation !== undefined && (isObject(elicitation['form']) || !url),
    url,
    sampling: sampling !== undefined,
    sampleTools: isObject(sampling?.['tools']),
    sampleContext: isObject(sampling?.['context']),
    roots: isObject(declared['roots']),
  }
}

/** One string for each kind of caller that needs a connection of its own. */
export const kindKey = ({ principal, info: _info, ...abilities }: CallerKind): string =>
  canonical([principalKey(principal), abilities])
