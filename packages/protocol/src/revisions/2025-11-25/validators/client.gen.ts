// Generated from the wire types by tools/generate; change those and run `pnpm --filter @parley/generate generate`.
import type { Validator } from '../../../fault.ts'
import { check } from '../../../shape.ts'
import type { Shape } from '../../../shape.ts'
import {
  CompleteResult2,
  ContentBlock,
  EmptyParams,
  GetPromptResult2,
  Icon,
  Implementation,
  ListPromptsResult2,
  ListResourceTemplatesResult2,
  ListResourcesResult2,
  ModelPreferences,
  NotificationsCancelledParams,
  NotificationsProgressParams,
  ReadResourceResult2,
  RequestMeta2,
  RequestParams2,
  RequestedSchema,
  SamplingMessage,
  ServerCapabilities,
  Tool,
  ToolAnnotations,
  ToolChoice,
  ToolInputSchema,
} from '../../shapes.gen.ts'

const ElicitationCreateParams: Shape = {
  any: [
    {
      required: { elicitationId: 'string', message: 'string', mode: { words: ['url'] }, url: 'string' },
      optional: { _meta: RequestMeta2 },
    },
    {
      required: { message: 'string', requestedSchema: RequestedSchema },
      optional: { _meta: RequestMeta2, mode: { words: ['form'] } },
    },
  ],
  by: 'mode',
}
const SamplingCreateMessageParams: Shape = {
  required: { maxTokens: 'integer', messages: { items: SamplingMessage } },
  optional: {
    _meta: RequestMeta2,
    includeContext: { words: ['allServers', 'none', 'thisServer'] },
    metadata: 'object',
    modelPreferences: ModelPreferences,
    stopSequences: { items: 'string' },
    systemPrompt: 'string',
    temperature: 'number',
    toolChoice: ToolChoice,
    tools: { items: Tool },
  },
}
const NotificationsElicitationCompleteParams: Shape = {
  required: { elicitationId: 'string' },
  optional: { _meta: 'object' },
}
const NotificationsMessageParams: Shape = {
  required: {
    data: 'unknown',
    level: { words: ['alert', 'critical', 'debug', 'emergency', 'error', 'info', 'notice', 'warning'] },
  },
  optional: { _meta: 'object', logger: 'string' },
}
const NotificationsResourcesUpdatedParams: Shape = { required: { uri: 'string' }, optional: { _meta: 'object' } }
const InitializeResult: Shape = {
  required: { capabilities: ServerCapabilities, protocolVersion: 'string', serverInfo: Implementation },
  optional: { _meta: 'object', instructions: 'string' },
}
const CallToolResult: Shape = {
  required: { content: { items: ContentBlock } },
  optional: { _meta: 'object', isError: 'boolean', structuredContent: 'object' },
}
const Tool2: Shape = {
  required: { inputSchema: ToolInputSchema, name: 'string' },
  optional: {
    _meta: 'object',
    annotations: ToolAnnotations,
    description: 'string',
    execution: { optional: { taskSupport: { words: ['forbidden', 'optional', 'required'] } } },
    icons: { items: Icon },
    outputSchema: ToolInputSchema,
    title: 'string',
  },
}
const ListToolsResult: Shape = {
  required: { tools: { items: Tool2 } },
  optional: { _meta: 'object', nextCursor: 'string' },
}
const ElicitUrlParams2: Shape = {
  required: { elicitationId: 'string', message: 'string', mode: { words: ['url'] }, url: 'string' },
}
const UrlElicitationRequiredData: Shape = { required: { elicitations: { items: ElicitUrlParams2 } } }

const elicitationCreateParamsOf: Validator = (value) => check(ElicitationCreateParams, value)
const requestParams2Of: Validator = (value) => check(RequestParams2, value)
const samplingCreateMessageParamsOf: Validator = (value) => check(SamplingCreateMessageParams, value)
const notificationsCancelledParamsOf: Validator = (value) => check(NotificationsCancelledParams, value)
const notificationsElicitationCompleteParamsOf: Validator = (value) => check(NotificationsElicitationCompleteParams, value)
const notificationsMessageParamsOf: Validator = (value) => check(NotificationsMessageParams, value)
const notificationsProgressParamsOf: Validator = (value) => check(NotificationsProgressParams, value)
const emptyParamsOf: Validator = (value) => check(EmptyParams, value)
const notificationsResourcesUpdatedParamsOf: Validator = (value) => check(NotificationsResourcesUpdatedParams, value)
const completeResult2Of: Validator = (value) => check(CompleteResult2, value)
const initializeResultOf: Validator = (value) => check(InitializeResult, value)
const getPromptResult2Of: Validator = (value) => check(GetPromptResult2, value)
const listPromptsResult2Of: Validator = (value) => check(ListPromptsResult2, value)
const listResourcesResult2Of: Validator = (value) => check(ListResourcesResult2, value)
const readResourceResult2Of: Validator = (value) => check(ReadResourceResult2, value)
const listResourceTemplatesResult2Of: Validator = (value) => check(ListResourceTemplatesResult2, value)
const callToolResultOf: Validator = (value) => check(CallToolResult, value)
const listToolsResultOf: Validator = (value) => check(ListToolsResult, value)

/** Checks what an error about URLs to visit carries. */
export const urlElicitationRequiredData: Validator = (value) => check(UrlElicitationRequiredData, value)

/** Checks the params of what a server asks. */
export const serverRequest = (method: string): Validator | undefined => {
  switch (method) {
    case 'elicitation/create':
      return elicitationCreateParamsOf
    case 'ping':
    case 'roots/list':
      return requestParams2Of
    case 'sampling/createMessage':
      return samplingCreateMessageParamsOf
    default:
      return undefined
  }
}

/** Checks the params of what a server tells. */
export const serverNotification = (method: string): Validator | undefined => {
  switch (method) {
    case 'notifications/cancelled':
      return notificationsCancelledParamsOf
    case 'notifications/elicitation/complete':
      return notificationsElicitationCompleteParamsOf
    case 'notifications/message':
      return notificationsMessageParamsOf
    case 'notifications/progress':
      return notificationsProgressParamsOf
    case 'notifications/prompts/list_changed':
    case 'notifications/resources/list_changed':
    case 'notifications/tools/list_changed':
      return emptyParamsOf
    case 'notifications/resources/updated':
      return notificationsResourcesUpdatedParamsOf
    default:
      return undefined
  }
}

/** Checks what a server answers, by the method that it was asked. */
export const serverResult = (method: string): Validator | undefined => {
  switch (method) {
    case 'completion/complete':
      return completeResult2Of
    case 'initialize':
      return initializeResultOf
    case 'logging/setLevel':
    case 'ping':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return emptyParamsOf
    case 'prompts/get':
      return getPromptResult2Of
    case 'prompts/list':
      return listPromptsResult2Of
    case 'resources/list':
      return listResourcesResult2Of
    case 'resources/read':
      return readResourceResult2Of
    case 'resources/templates/list':
      return listResourceTemplatesResult2Of
    case 'tools/call':
      return callToolResultOf
    case 'tools/list':
      return listToolsResultOf
    default:
      return undefined
  }
}
