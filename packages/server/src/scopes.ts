import { invalidRequest, isObject, lackingScopes } from '@parley/core'
import type { JsonObject, Principal } from '@parley/core'
import type { Call } from '@parley/protocol/server'

/** A feature whose items may need scopes. */
export interface ScopedItems {
  /** Every scope that one of its items needs. */
  readonly scopes: readonly string[]
  /** What the item of a name, or at a URI, needs; nothing where this principal sees none. */
  scopesFor(name: string, principal: Principal | undefined): readonly string[]
}

/** The features of a server whose items may need scopes. */
export type ScopedFeatures = {
  readonly tools: ScopedItems
  readonly prompts: ScopedItems
  readonly resources: ScopedItems
}

const none: readonly string[] = []

// Looked up one by one; a longer list of URIs is refused for its length, unless that was allowed.
const mostUris = 1000

const ofListen = (
  { resources }: ScopedFeatures,
  filter: unknown,
  principal: Principal | undefined,
): readonly string[] => {
  const uris = isObject(filter) ? filter['resourceSubscriptions'] : undefined
  if (resources.scopes.length === 0 || !Array.isArray(uris)) return none
  if (uris.length > mostUris) return resources.scopes
  return [...new Set(uris.flatMap((uri) => (typeof uri === 'string' ? resources.scopesFor(uri, principal) : none)))]
}

/** What a request names: the feature, and the item's name there. */
const itemOf = (
  features: ScopedFeatures,
  method: string,
  params: JsonObject,
): [items: ScopedItems, name: unknown] | undefined => {
  switch (method) {
    case 'tools/call':
      return [features.tools, params['name']]
    case 'prompts/get':
      return [features.prompts, params['name']]
    case 'resources/read':
    case 'resources/subscribe':
      return [features.resources, params['uri']]
    case 'completion/complete': {
      // What is suggested for an argument comes out of what the item would show.
      const { type, name, uri } = isObject(params['ref']) ? params['ref'] : {}
      return type === 'ref/prompt' ? [features.prompts, name] : [features.resources, uri]
    }
    default:
      return undefined
  }
}

// Asked of every call, most often of a server without any.
const isScoped = ({ tools, prompts, resources }: ScopedFeatures): boolean =>
  tools.scopes.length > 0 || prompts.scopes.length > 0 || resources.scopes.length > 0

/** The scopes that a request needs, all of them. */
export const scopesOf = (
  features: ScopedFeatures,
  method: string,
  params: JsonObject,
  principal: Principal | undefined,
): readonly string[] => {
  if (!isScoped(features)) return none
  if (method === 'subscriptions/listen') return ofListen(features, params['notifications'], principal)
  const [items, name] = itemOf(features, method, params) ?? []
  if (items === undefined || items.scopes.length === 0 || typeof name !== 'string') return none
  return items.scopesFor(name, principal)
}

/** Every scope that some request needs. */
export const allScopes = ({ tools, prompts, resources }: ScopedFeatures): readonly string[] => [
  ...new Set([...tools.scopes, ...prompts.scopes, ...resources.scopes]),
]

// Nobody shows credentials there: whoever calls has started this process, or is a part of it.
const isTrusted = (road: string): boolean => road === 'stdio' || road === 'memory'

/**
 * Refuses a call whose caller lacks scopes that it needs, on whatever road it came.
 * @throws RpcError `invalidRequest`, with all that are needed in its data
 */
export const permit = (features: ScopedFeatures, { method, params, exchange: { origin } }: Call): void => {
  const needed = scopesOf(features, method, params, origin.principal)
  if (needed.length === 0 || (origin.principal === undefined && isTrusted(origin.road))) return
  if (lackingScopes(origin.principal, needed).length === 0) return
  throw invalidRequest(`This needs the scopes ${needed.join(' ')}: call with a token that has them`, {
    requiredScopes: [...needed],
  })
}
