/** Which changes a client wants to hear of (basic/patterns/subscriptions). Absent or false: not that one. */
export type SubscriptionFilter = {
  toolsListChanged?: boolean
  promptsListChanged?: boolean
  resourcesListChanged?: boolean
  /** URIs whose updates are wanted. */
  resourceSubscriptions?: string[]
}
