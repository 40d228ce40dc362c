// Generated from the wire types by tools/generate; change those and run `pnpm --filter @parley/generate generate`.
import type { Validator } from '../../../fault.ts'
import { check } from '../../../shape.ts'
import type { Shape } from '../../../shape.ts'
import {
  CancelledParams,
  ClientCapabilities,
  CompleteResult2,
  ContentBlock,
  EmptyParams,
  GetPromptResult2,
  ListPromptsResult2,
  ListResourceTemplatesResult2,
  ListResourcesResult2,
  ModelPreferences,
  ReadResourceResult2,
  RequestedSchema,
  ResourceParams,
  SamplingMessage,
  ServerCapabilities,
  SubscriptionsListenParams,
  Tool,
  ToolChoice,
} from '../../shapes.gen.ts'

const ElicitFormParams: Shape = {
  required: { message: 'string', requestedSchema: RequestedSchema },
  optional: { mode: { words: ['form'] } },
}
const ElicitUrlParams: Shape = {
  required: { message: 'string', mode: { words: ['url'] }, url: 'string' },
  optional: { elicitationId: 'string' },
}
const ElicitParams: Shape = { any: [ElicitFormParams, ElicitUrlParams], by: 'mode' }
const CreateMessageParams: Shape = {
  required: { maxTokens: 'integer', messages: { items: SamplingMessage } },
  optional: {
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
const LoggingMessageParams: Shape = {
  required: {
    data: 'unknown',
    level: { words: ['alert', 'critical', 'debug', 'emergency', 'error', 'info', 'notice', 'warning'] },
  },
  optional: { logger: 'string' },
}
const ProgressParams: Shape = {
  required: { progress: 'number', progressToken: { any: ['integer', 'string'] } },
  optional: { message: 'string', total: 'number' },
}
const Discovery: Shape = {
  required: { capabilities: ServerCapabilities, supportedVersions: { items: 'string' } },
  optional: { _meta: 'object', cacheScope: { words: ['private', 'public'] }, instructions: 'string', ttlMs: 'number' },
}
const CallToolResult2: Shape = {
  required: { content: { items: ContentBlock } },
  optional: { _meta: 'object', isError: 'boolean', structuredContent: 'unknown' },
}
const ListToolsResult2: Shape = {
  required: { tools: { items: Tool } },
  optional: { _meta: 'object', cacheScope: { words: ['private', 'public'] }, nextCursor: 'string', ttlMs: 'number' },
}
const CreateMessageRequest: Shape = {
  required: { method: { words: ['sampling/createMessage'] }, params: CreateMessageParams },
}
const ElicitRequest: Shape = { required: { method: { words: ['elicitation/create'] }, params: ElicitParams } }
const ListRootsRequest: Shape = { required: { method: { words: ['roots/list'] } }, optional: { params: EmptyParams } }
const InputRequest: Shape = { any: [CreateMessageRequest, ElicitRequest, ListRootsRequest], by: 'method' }
const InputRequiredResult: Shape = {
  required: { resultType: { words: ['input_required'] } },
  optional: { _meta: 'object', inputRequests: { rest: InputRequest }, requestState: 'string' },
}
const UnsupportedVersionData: Shape = { required: { requested: 'string', supported: { items: 'string' } } }
const MissingCapabilityData: Shape = { required: { requiredCapabilities: ClientCapabilities } }

/** Checks a result that asks for input. */
export const inputRequiredResult: Validator = (value) => check(InputRequiredResult, value)

/** Checks what an error about the version carries. */
export const unsupportedVersionData: Validator = (value) => check(UnsupportedVersionData, value)

/** Checks what an error about a capability carries. */
export const missingCapabilityData: Validator = (value) => check(MissingCapabilityData, value)

/** What a server asks with: its params, by method. */
export const serverRequest = (method: string): Shape | undefined => {
  switch (method) {
    case 'elicitation/create':
      return ElicitParams
    case 'roots/list':
      return EmptyParams
    case 'sampling/createMessage':
      return CreateMessageParams
    default:
      return undefined
  }
}

/** What a server tells with: its params, by method. */
export const serverNotification = (method: string): Shape | undefined => {
  switch (method) {
    case 'notifications/cancelled':
      return CancelledParams
    case 'notifications/message':
      return LoggingMessageParams
    case 'notifications/progress':
      return ProgressParams
    case 'notifications/prompts/list_changed':
    case 'notifications/resources/list_changed':
    case 'notifications/tools/list_changed':
      return EmptyParams
    case 'notifications/resources/updated':
      return ResourceParams
    case 'notifications/subscriptions/acknowledged':
      return SubscriptionsListenParams
    default:
      return undefined
  }
}

/** What a server answers, by the method that it was asked. */
export const serverResult = (method: string): Shape | undefined => {
  switch (method) {
    case 'completion/complete':
      return CompleteResult2
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
    case 'server/discover':
      return Discovery
    case 'subscriptions/listen':
      return EmptyParams
    case 'tools/call':
      return CallToolResult2
    case 'tools/list':
      return ListToolsResult2
    default:
      return undefined
  }
}
