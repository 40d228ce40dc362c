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

/** Checks what an error about URLs to visit carries. */
export const urlElicitationRequiredData: Validator = (value) => check(UrlElicitationRequiredData, value)

/** What a server asks with: its params, by method. */
export const serverRequest = (method: string): Shape | undefined => {
  switch (method) {
    case 'elicitation/create':
      return ElicitationCreateParams
    case 'ping':
    case 'roots/list':
      return RequestParams2
    case 'sampling/createMessage':
      return SamplingCreateMessageParams
    default:
      return undefined
  }
}

/** What a server tells with: its params, by method. */
export const serverNotification = (method: string): Shape | undefined => {
  switch (method) {
    case 'notifications/cancelled':
      return NotificationsCancelledParams
    case 'notifications/elicitation/complete':
      return NotificationsElicitationCompleteParams
    case 'notifications/message':
      return NotificationsMessageParams
    case 'notifications/progress':
      return NotificationsProgressParams
    case 'notifications/prompts/list_changed':
    case 'notifications/resources/list_changed':
    case 'notifications/tools/list_changed':
      return EmptyParams
    case 'notifications/resources/updated':
      return NotificationsResourcesUpdatedParams
    default:
      return undefined
  }
}

/** What a server answers, by the method that it was asked. */
export const serverResult = (method: string): Shape | undefined => {
  switch (method) {
    case 'completion/complete':
      return CompleteResult2
    case 'initialize':
      return InitializeResult
    case 'logging/setLevel':
    case 'ping':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return EmptyParams
    case 'prompts/get':
      return GetPromptResult2
    case 'prompts/list':
      return ListPromptsResult2
    case 'resources/list':
      return ListResourcesResult2
    case 'resources/read':
      return ReadResourceResult2
    case 'resources/templates/list':
      return ListResourceTemplatesResult2
    case 'tools/call':
      return CallToolResult
    case 'tools/list':
      return ListToolsResult
    default:
      return undefined
  }
}
