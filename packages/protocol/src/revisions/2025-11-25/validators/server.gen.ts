// Generated from the wire types by tools/generate; change those and run `pnpm --filter @parley/generate generate`.
import type { Validator } from '../../../fault.ts'
import { check } from '../../../shape.ts'
import type { Shape } from '../../../shape.ts'
import {
  ClientCapabilities,
  CompletionReference,
  CreateMessageResult,
  ElicitResult,
  EmptyParams,
  Implementation,
  ListRootsResult,
  NotificationsCancelledParams,
  NotificationsProgressParams,
  RequestMeta2,
  RequestParams2,
} from '../../shapes.gen.ts'

const CompletionCompleteParams: Shape = {
  required: { argument: { required: { name: 'string', value: 'string' } }, ref: CompletionReference },
  optional: { _meta: RequestMeta2, context: { optional: { arguments: { rest: 'string' } } } },
}
const InitializeParams: Shape = {
  required: { capabilities: ClientCapabilities, clientInfo: Implementation, protocolVersion: 'string' },
  optional: { _meta: RequestMeta2 },
}
const LoggingSetLevelParams: Shape = {
  required: { level: { words: ['alert', 'critical', 'debug', 'emergency', 'error', 'info', 'notice', 'warning'] } },
  optional: { _meta: RequestMeta2 },
}
const PromptsGetParams: Shape = {
  required: { name: 'string' },
  optional: { _meta: RequestMeta2, arguments: { rest: 'string' } },
}
const PromptsListParams: Shape = { optional: { _meta: RequestMeta2, cursor: 'string' } }
const ResourcesReadParams: Shape = { required: { uri: 'string' }, optional: { _meta: RequestMeta2 } }
const ToolsCallParams: Shape = { required: { name: 'string' }, optional: { _meta: RequestMeta2, arguments: 'object' } }

/** Checks the envelope of a request. */
export const requestParams: Validator = (value) => check(RequestParams2, value)

/** What a client asks with: its params, by method. */
export const clientRequest = (method: string): Shape | undefined => {
  switch (method) {
    case 'completion/complete':
      return CompletionCompleteParams
    case 'initialize':
      return InitializeParams
    case 'logging/setLevel':
      return LoggingSetLevelParams
    case 'ping':
      return RequestParams2
    case 'prompts/get':
      return PromptsGetParams
    case 'prompts/list':
    case 'resources/list':
    case 'resources/templates/list':
    case 'tools/list':
      return PromptsListParams
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return ResourcesReadParams
    case 'tools/call':
      return ToolsCallParams
    default:
      return undefined
  }
}

/** What a client tells with: its params, by method. */
export const clientNotification = (method: string): Shape | undefined => {
  switch (method) {
    case 'notifications/cancelled':
      return NotificationsCancelledParams
    case 'notifications/initialized':
    case 'notifications/roots/list_changed':
      return EmptyParams
    case 'notifications/progress':
      return NotificationsProgressParams
    default:
      return undefined
  }
}

/** What a client answers, by the method that it was asked. */
export const clientResult = (method: string): Shape | undefined => {
  switch (method) {
    case 'elicitation/create':
      return ElicitResult
    case 'ping':
      return EmptyParams
    case 'roots/list':
      return ListRootsResult
    case 'sampling/createMessage':
      return CreateMessageResult
    default:
      return undefined
  }
}
