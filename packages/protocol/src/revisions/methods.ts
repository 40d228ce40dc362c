/** The client's requests that every revision has. */
export const sharedMethods: readonly string[] = [
  'tools/list',
  'tools/call',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'completion/complete',
]

/** The client's requests of the legacy era alone. */
export const legacyMethods: readonly string[] = [
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]

/** The client's requests of the modern era alone. */
export const modernMethods: readonly string[] = ['server/discover', 'subscriptions/listen']

const standard = /* @__PURE__ */ new Set([...sharedMethods, ...legacyMethods, ...modernMethods])

/** Whether the specification gives a client's request this name, in any revision. */
export const isStandard = (method: string): boolean => standard.has(method)

/** The requests that may be answered with `input_required` (M1). */
export const mayAskForInput = (method: string): boolean =>
  method === 'tools/call' || method === 'prompts/get' || method === 'resources/read'

/** The results that say how long they stay fresh (A1). */
export const isCacheable = (method: string): boolean => {
  switch (method) {
    case 'server/discover':
    case 'tools/list':
    case 'prompts/list':
    case 'resources/list':
    case 'resources/templates/list':
    case 'resources/read':
      return true
    default:
      return false
  }
}

/** A request that stays open until somebody ends it; no deadline or cap on requests in flight holds for it. */
export const isLongLived = (method: string): boolean => method === 'subscriptions/listen'
