import type * as core from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { RequestId } from '../../message.ts'

/** What every request carries about its sender (basic/index#meta): nothing is remembered between requests. */
export type RequestMeta = JsonObject & {
  'io.modelcontextprotocol/protocolVersion': string
  'io.modelcontextprotocol/clientCapabilities': core.ClientCapabilities
  'io.modelcontextprotocol/clientInfo'?: core.Implementation
  /** Without it the server sends no log messages for this request. */
  'io.modelcontextprotocol/logLevel'?: core.LoggingLevel
  /** @asType integer */
  progressToken?: core.ProgressToken
}

/** What a notification carries beside its own fields. */
export type NotificationMeta = JsonObject & {
  /**
   * The id of the `subscriptions/listen` request it belongs to; on those notifications only.
   *
   * @asType integer
   */
  'io.modelcontextprotocol/subscriptionId'?: RequestId
}

/** What a result carries about its sender. */
export type ResultMeta = JsonObject & {
  'io.modelcontextprotocol/serverInfo'?: core.Implementation
}

/** The envelope of every request. */
export type RequestParams = { _meta: RequestMeta }

/** The envelope of every notification. */
export type NotificationParams = { _meta?: NotificationMeta }

/** What a request repeats when it is sent again after `input_required` (basic/patterns/mrtr). */
export type RetryParams = {
  /** By the key of the question; each is checked as an answer to that question, later. */
  inputResponses?: { [key: string]: JsonObject }
  /** The server's, verbatim. */
  requestState?: string
}

/** Asks for one page of a list. */
export type PaginatedParams = { cursor?: core.Cursor }

/** Params without fields of their own. */
export type EmptyParams = { _meta?: JsonObject }

/** Opens a stream of the changes that its filter names. */
export type SubscriptionsListenParams = { notifications: core.SubscriptionFilter }

/** The params of `tools/call`, on the wire. */
export type CallToolRequestParams = RequestParams & RetryParams & core.CallToolParams
/** The params of `prompts/get`, on the wire. */
export type GetPromptRequestParams = RequestParams & RetryParams & core.GetPromptParams
/** The params of `resources/read`, on the wire. */
export type ReadResourceRequestParams = RequestParams & RetryParams & core.ResourceParams
/** The params of `completion/complete`, on the wire. */
export type CompleteRequestParams = RequestParams & core.CompleteParams
/** The params of the four lists, on the wire. */
export type PaginatedRequestParams = RequestParams & PaginatedParams
/** The params of `subscriptions/listen`, on the wire. */
export type SubscriptionsListenRequestParams = RequestParams & SubscriptionsListenParams

/** How a result is to be read; extensions add words. */
export type ResultType = 'complete' | 'input_required' | (string & {})

/** The envelope of every result. */
export type Result = { resultType: ResultType; _meta?: ResultMeta }

/** What a complete result of `server/discover`, of a list or of `resources/read` must say about caching. */
export type CacheableResult = Result & {
  /**
   * Milliseconds.
   *
   * @asType integer
   * @minimum 0
   */
  ttlMs: number
  cacheScope: core.CacheScope
}

/** What a server says about itself. */
export type Discovery = core.CacheHints & {
  supportedVersions: string[]
  capabilities: core.ServerCapabilities
  /** How to use the server, for a model. */
  instructions?: string
  _meta?: JsonObject
}

/** The result of `server/discover`, on the wire. */
export type DiscoverResult = Discovery & CacheableResult
/** The complete result of `tools/list`, on the wire. */
export type ListToolsResult = core.ListToolsResult & CacheableResult
/** The complete result of `tools/call`, on the wire. */
export type CallToolResult = core.CallToolResult & Result
/** The complete result of `prompts/list`, on the wire. */
export type ListPromptsResult = core.ListPromptsResult & CacheableResult
/** The complete result of `prompts/get`, on the wire. */
export type GetPromptResult = core.GetPromptResult & Result
/** The complete result of `resources/list`, on the wire. */
export type ListResourcesResult = core.ListResourcesResult & CacheableResult
/** The complete result of `resources/templates/list`, on the wire. */
export type ListResourceTemplatesResult = core.ListResourceTemplatesResult & CacheableResult
/** The complete result of `resources/read`, on the wire. */
export type ReadResourceResult = core.ReadResourceResult & CacheableResult
/** The result of `completion/complete`, on the wire. */
export type CompleteResult = core.CompleteResult & Result
/** The last message of a `subscriptions/listen`, on the wire. */
export type SubscriptionsListenResult = Result & {
  _meta: {
    /** @asType integer */
    'io.modelcontextprotocol/subscriptionId': RequestId
  }
}

/** A question for the user, returned instead of a result. */
export type ElicitRequest = { method: 'elicitation/create'; params: core.ElicitParams }
/** A question for a model, returned instead of a result. */
export type CreateMessageRequest = { method: 'sampling/createMessage'; params: core.CreateMessageParams }
/** A question for the client's roots, returned instead of a result. */
export type ListRootsRequest = { method: 'roots/list'; params?: EmptyParams }
/** Something a server needs before it can answer. */
export type InputRequest = ElicitRequest | CreateMessageRequest | ListRootsRequest
/** An answer to an `InputRequest`; which kind, the question tells. */
export type InputResponse = core.ElicitResult | core.CreateMessageResult | core.ListRootsResult

/** Says what a server needs before it can answer; it carries questions, or a state, or both. */
export type InputRequiredResult = {
  resultType: 'input_required'
  /** By keys of the server's choice, unique within the request. */
  inputRequests?: { [key: string]: InputRequest }
  /** Opaque to the client. */
  requestState?: string
  _meta?: JsonObject
}

/** Calls a request off; from a server only to end a `subscriptions/listen`. */
export type CancelledParams = {
  /** @asType integer */
  requestId: RequestId
  reason?: string
}

/** Tells how far a request has come. */
export type ProgressParams = core.Progress & {
  /** @asType integer */
  progressToken: core.ProgressToken
}

/** Names the resource that has changed. */
export type ResourceUpdatedParams = core.ResourceParams

/** Which part of a filter a server honours. */
export type SubscriptionsAcknowledgedParams = { notifications: core.SubscriptionFilter }

/** What a server says that does not serve the version of a request. */
export type UnsupportedVersionData = { requested: string; supported: string[] }

/** What a server says that needs a capability the request does not declare. */
export type MissingCapabilityData = { requiredCapabilities: core.ClientCapabilities }

/** The params of what a client asks, by method, without the envelope and the retry fields. */
export type ClientRequests = {
  'server/discover': EmptyParams
  'tools/list': PaginatedParams
  'tools/call': core.CallToolParams
  'prompts/list': PaginatedParams
  'prompts/get': core.GetPromptParams
  'resources/list': PaginatedParams
  'resources/templates/list': PaginatedParams
  'resources/read': core.ResourceParams
  'completion/complete': core.CompleteParams
  'subscriptions/listen': SubscriptionsListenParams
}

/** The params of what a client tells, by method. */
export type ClientNotifications = {
  'notifications/cancelled': CancelledParams
}

/** What a client answers in `inputResponses`, by the method of the question. */
export type ClientResults = {
  'elicitation/create': core.ElicitResult
  'sampling/createMessage': core.CreateMessageResult
  'roots/list': core.ListRootsResult
}

/** The params of what a server asks in `inputRequests`, by method. */
export type ServerRequests = {
  'elicitation/create': core.ElicitParams
  'sampling/createMessage': core.CreateMessageParams
  'roots/list': EmptyParams
}

/**
 * Complete results as a client may receive them, by method. Softer than what a server must send: an absent
 * `resultType` means `complete` (basic/index), an absent or negative `ttlMs` means 0 (server/utilities/caching).
 */
export type ServerResults = {
  'server/discover': Discovery
  'tools/list': core.ListToolsResult
  'tools/call': core.CallToolResult
  'prompts/list': core.ListPromptsResult
  'prompts/get': core.GetPromptResult
  'resources/list': core.ListResourcesResult
  'resources/templates/list': core.ListResourceTemplatesResult
  'resources/read': core.ReadResourceResult
  'completion/complete': core.CompleteResult
  'subscriptions/listen': EmptyParams
}

/** The params of what a server tells, by method. */
export type ServerNotifications = {
  'notifications/cancelled': CancelledParams
  'notifications/progress': ProgressParams
  'notifications/message': core.LoggingMessageParams
  'notifications/tools/list_changed': EmptyParams
  'notifications/prompts/list_changed': EmptyParams
  'notifications/resources/list_changed': EmptyParams
  'notifications/resources/updated': ResourceUpdatedParams
  'notifications/subscriptions/acknowledged': SubscriptionsAcknowledgedParams
}
