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

const completionCompleteParamsOf: Validator = (value) => check(CompletionCompleteParams, value)
const initializeParamsOf: Validator = (value) => check(InitializeParams, value)
const loggingSetLevelParamsOf: Validator = (value) => check(LoggingSetLevelParams, value)
const requestParams2Of: Validator = (value) => check(RequestParams2, value)
const promptsGetParamsOf: Validator = (value) => check(PromptsGetParams, value)
const promptsListParamsOf: Validator = (value) => check(PromptsListParams, value)
const resourcesReadParamsOf: Validator = (value) => check(ResourcesReadParams, value)
const toolsCallParamsOf: Validator = (value) => check(ToolsCallParams, value)
const notificationsCancelledParamsOf: Validator = (value) => check(NotificationsCancelledParams, value)
const emptyParamsOf: Validator = (value) => check(EmptyParams, value)
const notificationsProgressParamsOf: Validator = (value) => check(NotificationsProgressParams, value)
const elicitResultOf: Validator = (value) => check(ElicitResult, value)
const listRootsResultOf: Validator = (value) => check(ListRootsResult, value)
const createMessageResultOf: Validator = (value) => check(CreateMessageResult, value)

/** Checks the envelope of a request. */
export const requestParams: Validator = (value) => check(RequestParams2, value)

/** Checks the params of what a client asks. */
export const clientRequest = (method: string): Validator | undefined => {
  switch (method) {
    case 'completion/complete':
      return completionCompleteParamsOf
    case 'initialize':
      return initializeParamsOf
    case 'logging/setLevel':
      return loggingSetLevelParamsOf
    case 'ping':
      return requestParams2Of
    case 'prompts/get':
      return promptsGetParamsOf
    case 'prompts/list':
    case 'resources/list':
    case 'resources/templates/list':
    case 'tools/list':
      return promptsListParamsOf
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return resourcesReadParamsOf
    case 'tools/call':
      return toolsCallParamsOf
    default:
      return undefined
  }
}

/** Checks the params of what a client tells. */
export const clientNotification = (method: string): Validator | undefined => {
  switch (method) {
    case 'notifications/cancelled':
      return notificationsCancelledParamsOf
    case 'notifications/initialized':
    case 'notifications/roots/list_changed':
      return emptyParamsOf
    case 'notifications/progress':
      return notificationsProgressParamsOf
    default:
      return undefined
  }
}

/** Checks what a client answers, by the method that it was asked. */
export const clientResult = (method: string): Validator | undefined => {
  switch (method) {
    case 'elicitation/create':
      return elicitResultOf
    case 'ping':
      return emptyParamsOf
    case 'roots/list':
      return listRootsResultOf
    case 'sampling/createMessage':
      return createMessageResultOf
    default:
      return undefined
  }
}
