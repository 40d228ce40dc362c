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

const elicitParamsOf: Validator = (value) => check(ElicitParams, value)
const emptyParamsOf: Validator = (value) => check(EmptyParams, value)
const createMessageParamsOf: Validator = (value) => check(CreateMessageParams, value)
const cancelledParamsOf: Validator = (value) => check(CancelledParams, value)
const loggingMessageParamsOf: Validator = (value) => check(LoggingMessageParams, value)
const progressParamsOf: Validator = (value) => check(ProgressParams, value)
const resourceParamsOf: Validator = (value) => check(ResourceParams, value)
const subscriptionsListenParamsOf: Validator = (value) => check(SubscriptionsListenParams, value)
const completeResult2Of: Validator = (value) => check(CompleteResult2, value)
const getPromptResult2Of: Validator = (value) => check(GetPromptResult2, value)
const listPromptsResult2Of: Validator = (value) => check(ListPromptsResult2, value)
const listResourcesResult2Of: Validator = (value) => check(ListResourcesResult2, value)
const readResourceResult2Of: Validator = (value) => check(ReadResourceResult2, value)
const listResourceTemplatesResult2Of: Validator = (value) => check(ListResourceTemplatesResult2, value)
const discoveryOf: Validator = (value) => check(Discovery, value)
const callToolResult2Of: Validator = (value) => check(CallToolResult2, value)
const listToolsResult2Of: Validator = (value) => check(ListToolsResult2, value)

/** Checks a result that asks for input. */
export const inputRequiredResult: Validator = (value) => check(InputRequiredResult, value)

/** Checks what an error about the version carries. */
export const unsupportedVersionData: Validator = (value) => check(UnsupportedVersionData, value)

/** Checks what an error about a capability carries. */
export const missingCapabilityData: Validator = (value) => check(MissingCapabilityData, value)

/** Checks the params of what a server asks. */
export const serverRequest = (method: string): Validator | undefined => {
  switch (method) {
    case 'elicitation/create':
      return elicitParamsOf
    case 'roots/list':
      return emptyParamsOf
    case 'sampling/createMessage':
      return createMessageParamsOf
    default:
      return undefined
  }
}

/** Checks the params of what a server tells. */
export const serverNotification = (method: string): Validator | undefined => {
  switch (method) {
    case 'notifications/cancelled':
      return cancelledParamsOf
    case 'notifications/message':
      return loggingMessageParamsOf
    case 'notifications/progress':
      return progressParamsOf
    case 'notifications/prompts/list_changed':
    case 'notifications/resources/list_changed':
    case 'notifications/tools/list_changed':
      return emptyParamsOf
    case 'notifications/resources/updated':
      return resourceParamsOf
    case 'notifications/subscriptions/acknowledged':
      return subscriptionsListenParamsOf
    default:
      return undefined
  }
}

/** Checks what a server answers, by the method that it was asked. */
export const serverResult = (method: string): Validator | undefined => {
  switch (method) {
    case 'completion/complete':
      return completeResult2Of
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
    case 'server/discover':
      return discoveryOf
    case 'subscriptions/listen':
      return emptyParamsOf
    case 'tools/call':
      return callToolResult2Of
    case 'tools/list':
      return listToolsResult2Of
    default:
      return undefined
  }
}
