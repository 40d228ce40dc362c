import type * as core from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { RequestId } from '../../message.ts'

/** What a request carries beside its own fields. */
export type RequestMeta = JsonObject & {
  /** @asType integer */
  progressToken?: core.ProgressToken
}

/** The envelope of every request. */
export type RequestParams = { _meta?: RequestMeta }

/** The envelope of every notification and result. */
export type Envelope = { _meta?: JsonObject }

/** A result that says nothing but that it is one. */
export type EmptyResult = Envelope

/** Opens a conversation (basic/lifecycle). */
export type InitializeParams = {
  /** The newest that the client speaks. */
  protocolVersion: string
  capabilities: core.ClientCapabilities
  clientInfo: core.Implementation
}

/** Settles what the conversation is held in. */
export type InitializeResult = Envelope & {
  /** The client's, or another that the server speaks. */
  protocolVersion: string
  capabilities: core.ServerCapabilities
  serverInfo: core.Implementation
  /** How to use the server, for a model. */
  instructions?: string
}

/** Asks for one page of a list. */
export type PaginatedParams = { cursor?: core.Cursor }

/** Sets how severe a log message must be to be sent. */
export type SetLevelParams = { level: core.LoggingLevel }

/** A question that the user answers at a URL; its id is announced when that is done. */
export type ElicitUrlParams = core.ElicitUrlParams & { elicitationId: string }

/** What the user is asked, by form or by URL. */
export type ElicitParams = core.ElicitFormParams | ElicitUrlParams

/** A tool, with what this era knows and the next does not; its results are objects. */
export type Tool = Omit<core.Tool, 'outputSchema'> & {
  outputSchema?: core.ToolInputSchema
  execution?: { taskSupport?: 'forbidden' | 'optional' | 'required' }
}

/** One page of a server's tools, as this era has it. */
export type ListToolsResult = Envelope & { tools: Tool[]; nextCursor?: core.Cursor }

/** What a tool gave back, as this era has it: the structured result is an object. */
export type CallToolResult = Omit<core.CallToolResult, 'structuredContent'> & { structuredContent?: JsonObject }

/** Calls a request off; without an id, a task. */
export type CancelledParams = {
  /** @asType integer */
  requestId?: RequestId
  reason?: string
}

/** Tells how far a request has come. */
export type ProgressParams = core.Progress & {
  /** @asType integer */
  progressToken: core.ProgressToken
}

/** Announces that a question asked at a URL has been dealt with. */
export type ElicitationCompleteParams = { elicitationId: string }

/** What a server says that cannot go on before some URLs have been visited. */
export type UrlElicitationRequiredData = { elicitations: ElicitUrlParams[] }

/** The params of what a client asks, by method. Absent params count as empty. */
export type ClientRequests = {
  initialize: RequestParams & InitializeParams
  ping: RequestParams
  'tools/list': RequestParams & PaginatedParams
  'tools/call': RequestParams & core.CallToolParams
  'prompts/list': RequestParams & PaginatedParams
  'prompts/get': RequestParams & core.GetPromptParams
  'resources/list': RequestParams & PaginatedParams
  'resources/templates/list': RequestParams & PaginatedParams
  'resources/read': RequestParams & core.ResourceParams
  'resources/subscribe': RequestParams & core.ResourceParams
  'resources/unsubscribe': RequestParams & core.ResourceParams
  'completion/complete': RequestParams & core.CompleteParams
  'logging/setLevel': RequestParams & SetLevelParams
}

/** The params of what a client tells, by method. Absent params count as empty. */
export type ClientNotifications = {
  'notifications/initialized': Envelope
  'notifications/cancelled': Envelope & CancelledParams
  'notifications/progress': Envelope & ProgressParams
  'notifications/roots/list_changed': Envelope
}

/** What a client answers, by the method that it was asked. */
export type ClientResults = {
  ping: EmptyResult
  'sampling/createMessage': core.CreateMessageResult
  'elicitation/create': core.ElicitResult
  'roots/list': core.ListRootsResult
}

/** The params of what a server asks, by method. Absent params count as empty. */
export type ServerRequests = {
  ping: RequestParams
  'sampling/createMessage': RequestParams & core.CreateMessageParams
  'elicitation/create': RequestParams & ElicitParams
  'roots/list': RequestParams
}

/** What a server answers, by the method that it was asked. */
export type ServerResults = {
  initialize: InitializeResult
  ping: EmptyResult
  'tools/list': ListToolsResult
  'tools/call': CallToolResult
  'prompts/list': core.ListPromptsResult
  'prompts/get': core.GetPromptResult
  'resources/list': core.ListResourcesResult
  'resources/templates/list': core.ListResourceTemplatesResult
  'resources/read': core.ReadResourceResult
  'resources/subscribe': EmptyResult
  'resources/unsubscribe': EmptyResult
  'completion/complete': core.CompleteResult
  'logging/setLevel': EmptyResult
}

/** The params of what a server tells, by method. Absent params count as empty. */
export type ServerNotifications = {
  'notifications/cancelled': Envelope & CancelledParams
  'notifications/progress': Envelope & ProgressParams
  'notifications/message': Envelope & core.LoggingMessageParams
  'notifications/tools/list_changed': Envelope
  'notifications/prompts/list_changed': Envelope
  'notifications/resources/list_changed': Envelope
  'notifications/resources/updated': Envelope & core.ResourceParams
  'notifications/elicitation/complete': Envelope & ElicitationCompleteParams
}
