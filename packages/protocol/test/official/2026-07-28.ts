import type * as core from '@parley/core'
import type * as wire from '../../src/revisions/2026-07-28/types.ts'

// The specification's examples are filed by these names. Ours are split into envelope and content, so here the two are
// put together again; nothing outside the tests needs them whole.

type Id = {
  jsonrpc: '2.0'
  /** @asType integer */
  id: string | number
}
type LooseId = {
  jsonrpc: '2.0'
  /** @asType integer */
  id?: string | number
}
type Request<Method, Params> = Id & { method: Method; params: Params }
type Notification<Method, Params> = { jsonrpc: '2.0'; method: Method; params: Params }
type BareNotification<Method> = { jsonrpc: '2.0'; method: Method; params?: wire.NotificationParams }
type Response<R> = Id & { result: R }
type ErrorOf<Code> = { code: Code; message: string; data?: unknown }
type ErrorResponse<Code, Data> = LooseId & { error: { code: Code; message: string; data: Data } }

export type AudioContent = core.AudioContent
export type BlobResourceContents = core.BlobResourceContents
export type BooleanSchema = core.BooleanSchema
export type CallToolRequestParams = wire.CallToolRequestParams & { inputResponses?: InputResponses }
export type CallToolRequest = Request<'tools/call', CallToolRequestParams>
export type CallToolResult = wire.CallToolResult
export type CallToolResultResponse = Response<CallToolResult | wire.InputRequiredResult>
export type CancelledNotificationParams = wire.NotificationParams & wire.CancelledParams
export type CancelledNotification = Notification<'notifications/cancelled', CancelledNotificationParams>
export type ClientCapabilities = core.ClientCapabilities
export type CompleteRequestParams = wire.CompleteRequestParams
export type CompleteRequest = Request<'completion/complete', CompleteRequestParams>
export type CompleteResult = wire.CompleteResult
export type CompleteResultResponse = Response<CompleteResult>
export type CreateMessageRequest = wire.CreateMessageRequest
export type CreateMessageRequestParams = core.CreateMessageParams
export type CreateMessageResult = core.CreateMessageResult
export type DiscoverRequest = Request<'server/discover', wire.RequestParams>
export type DiscoverResult = wire.DiscoverResult
export type DiscoverResultResponse = Response<DiscoverResult>
export type ElicitRequest = wire.ElicitRequest
export type ElicitRequestFormParams = core.ElicitFormParams
export type ElicitRequestURLParams = core.ElicitUrlParams
export type ElicitResult = core.ElicitResult
export type EmbeddedResource = core.EmbeddedResource
export type GetPromptRequestParams = wire.GetPromptRequestParams & { inputResponses?: InputResponses }
export type GetPromptRequest = Request<'prompts/get', GetPromptRequestParams>
export type GetPromptResult = wire.GetPromptResult
export type GetPromptResultResponse = Response<GetPromptResult | wire.InputRequiredResult>
export type HeaderMismatchError = LooseId & { error: ErrorOf<-32020> }
export type ImageContent = core.ImageContent
export type InputRequests = { [key: string]: wire.InputRequest }
export type InputRequiredResult = wire.InputRequiredResult
export type InputResponses = { [key: string]: wire.InputResponse }
export type InternalError = ErrorOf<-32603>
export type InvalidParamsError = ErrorOf<-32602>
export type ListPromptsRequest = Request<'prompts/list', wire.PaginatedRequestParams>
export type ListPromptsResult = wire.ListPromptsResult
export type ListPromptsResultResponse = Response<ListPromptsResult>
export type ListResourceTemplatesRequest = Request<'resources/templates/list', wire.PaginatedRequestParams>
export type ListResourceTemplatesResult = wire.ListResourceTemplatesResult
export type ListResourceTemplatesResultResponse = Response<ListResourceTemplatesResult>
export type ListResourcesRequest = Request<'resources/list', wire.PaginatedRequestParams>
export type ListResourcesResult = wire.ListResourcesResult
export type ListResourcesResultResponse = Response<ListResourcesResult>
export type ListRootsRequest = wire.ListRootsRequest
export type ListRootsResult = core.ListRootsResult
export type ListToolsRequest = Request<'tools/list', wire.PaginatedRequestParams>
export type ListToolsResult = wire.ListToolsResult
export type ListToolsResultResponse = Response<ListToolsResult>
export type LoggingMessageNotificationParams = wire.NotificationParams & core.LoggingMessageParams
export type LoggingMessageNotification = Notification<'notifications/message', LoggingMessageNotificationParams>
export type MethodNotFoundError = ErrorOf<-32601>
export type MissingRequiredClientCapabilityError = ErrorResponse<-32021, wire.MissingCapabilityData>
export type ModelPreferences = core.ModelPreferences
export type NumberSchema = core.NumberSchema
export type PaginatedRequestParams = wire.PaginatedRequestParams
export type ParseError = ErrorOf<-32700>
export type ProgressNotificationParams = wire.NotificationParams & wire.ProgressParams
export type ProgressNotification = Notification<'notifications/progress', ProgressNotificationParams>
export type PromptListChangedNotification = BareNotification<'notifications/prompts/list_changed'>
export type ReadResourceRequestParams = wire.ReadResourceRequestParams & { inputResponses?: InputResponses }
export type ReadResourceRequest = Request<'resources/read', ReadResourceRequestParams>
export type ReadResourceResult = wire.ReadResourceResult
export type ReadResourceResultResponse = Response<ReadResourceResult | wire.InputRequiredResult>
export type Resource = core.Resource
export type ResourceLink = core.ResourceLink
export type ResourceListChangedNotification = BareNotification<'notifications/resources/list_changed'>
export type ResourceUpdatedNotificationParams = wire.NotificationParams & wire.ResourceUpdatedParams
export type ResourceUpdatedNotification = Notification<
  'notifications/resources/updated',
  ResourceUpdatedNotificationParams
>
export type Root = core.Root
export type SamplingMessage = core.SamplingMessage
export type ServerCapabilities = core.ServerCapabilities
export type StringSchema = core.StringSchema
export type SubscriptionsAcknowledgedNotification = Notification<
  'notifications/subscriptions/acknowledged',
  wire.NotificationParams & wire.SubscriptionsAcknowledgedParams
>
export type SubscriptionsListenRequest = Request<'subscriptions/listen', wire.SubscriptionsListenRequestParams>
export type SubscriptionsListenResult = wire.SubscriptionsListenResult
export type SubscriptionsListenResultResponse = Response<SubscriptionsListenResult>
export type TextContent = core.TextContent
export type TextResourceContents = core.TextResourceContents
export type TitledMultiSelectEnumSchema = core.TitledMultiSelectEnumSchema
export type TitledSingleSelectEnumSchema = core.TitledSingleSelectEnumSchema
export type Tool = core.Tool
export type ToolListChangedNotification = BareNotification<'notifications/tools/list_changed'>
export type ToolResultContent = core.ToolResultContent
export type ToolUseContent = core.ToolUseContent
export type UnsupportedProtocolVersionError = ErrorResponse<-32022, wire.UnsupportedVersionData>
export type UntitledMultiSelectEnumSchema = core.UntitledMultiSelectEnumSchema
export type UntitledSingleSelectEnumSchema = core.UntitledSingleSelectEnumSchema
