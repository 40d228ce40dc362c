// Generated from the wire types by tools/generate; change those and run `pnpm --filter @parley/generate generate`.
import type { Validator } from '../../src/fault.ts'
import { check } from '../../src/shape.ts'
import type { Shape } from '../../src/shape.ts'

const Annotations: Shape = {
  optional: {
    audience: { items: { words: ['assistant', 'user'] } },
    lastModified: 'string',
    priority: { number: 'number', minimum: 0, maximum: 1 },
  },
}
const AudioContent: Shape = {
  required: { data: 'string', mimeType: 'string', type: { words: ['audio'] } },
  optional: { _meta: 'object', annotations: Annotations },
}
const BlobResourceContents: Shape = {
  required: { blob: 'string', uri: 'string' },
  optional: { _meta: 'object', mimeType: 'string' },
}
const BooleanSchema: Shape = {
  required: { type: { words: ['boolean'] } },
  optional: { default: 'boolean', description: 'string', title: 'string' },
}
const Extensions: Shape = { rest: 'object' }
const ClientCapabilities: Shape = {
  optional: {
    elicitation: { optional: { form: 'object', url: 'object' } },
    experimental: { rest: 'object' },
    extensions: Extensions,
    roots: { optional: { listChanged: 'boolean' } },
    sampling: { optional: { context: 'object', tools: 'object' } },
    tasks: {
      optional: {
        cancel: 'object',
        list: 'object',
        requests: {
          optional: {
            elicitation: { optional: { create: 'object' } },
            sampling: { optional: { createMessage: 'object' } },
          },
        },
      },
    },
  },
}
const Icon: Shape = {
  required: { src: 'string' },
  optional: { mimeType: 'string', sizes: { items: 'string' }, theme: { words: ['dark', 'light'] } },
}
const Implementation: Shape = {
  required: { name: 'string', version: 'string' },
  optional: { description: 'string', icons: { items: Icon }, title: 'string', websiteUrl: 'string' },
}
const RequestMeta: Shape = {
  required: {
    'io.modelcontextprotocol/clientCapabilities': ClientCapabilities,
    'io.modelcontextprotocol/protocolVersion': 'string',
  },
  optional: {
    'io.modelcontextprotocol/clientInfo': Implementation,
    'io.modelcontextprotocol/logLevel': {
      words: ['alert', 'critical', 'debug', 'emergency', 'error', 'info', 'notice', 'warning'],
    },
    progressToken: { any: ['integer', 'string'] },
  },
}
const ElicitValue: Shape = { any: ['boolean', 'number', 'string', { items: 'string' }] }
const ImageContent: Shape = {
  required: { data: 'string', mimeType: 'string', type: { words: ['image'] } },
  optional: { _meta: 'object', annotations: Annotations },
}
const TextContent: Shape = {
  required: { text: 'string', type: { words: ['text'] } },
  optional: { _meta: 'object', annotations: Annotations },
}
const TextResourceContents: Shape = {
  required: { text: 'string', uri: 'string' },
  optional: { _meta: 'object', mimeType: 'string' },
}
const ResourceContents: Shape = { any: [BlobResourceContents, TextResourceContents] }
const EmbeddedResource: Shape = {
  required: { resource: ResourceContents, type: { words: ['resource'] } },
  optional: { _meta: 'object', annotations: Annotations },
}
const ResourceLink: Shape = {
  required: { name: 'string', type: { words: ['resource_link'] }, uri: 'string' },
  optional: {
    _meta: 'object',
    annotations: Annotations,
    description: 'string',
    icons: { items: Icon },
    mimeType: 'string',
    size: 'number',
    title: 'string',
  },
}
const ContentBlock: Shape = {
  any: [AudioContent, EmbeddedResource, ImageContent, ResourceLink, TextContent],
  by: 'type',
}
const ToolResultContent: Shape = {
  required: { content: { items: ContentBlock }, toolUseId: 'string', type: { words: ['tool_result'] } },
  optional: { _meta: 'object', isError: 'boolean', structuredContent: 'unknown' },
}
const ToolUseContent: Shape = {
  required: { id: 'string', input: 'object', name: 'string', type: { words: ['tool_use'] } },
  optional: { _meta: 'object' },
}
const SamplingMessageContentBlock: Shape = {
  any: [AudioContent, ImageContent, TextContent, ToolResultContent, ToolUseContent],
  by: 'type',
}
const Root: Shape = { required: { uri: 'string' }, optional: { _meta: 'object', name: 'string' } }
const CallToolRequestParams: Shape = {
  required: { _meta: RequestMeta, name: 'string' },
  optional: {
    arguments: 'object',
    inputResponses: {
      rest: {
        any: [
          {
            required: { action: { words: ['accept', 'cancel', 'decline'] } },
            optional: { _meta: 'object', content: { rest: ElicitValue } },
          },
          {
            required: {
              content: {
                any: [
                  AudioContent,
                  ImageContent,
                  TextContent,
                  ToolResultContent,
                  ToolUseContent,
                  { items: SamplingMessageContentBlock },
                ],
                by: 'type',
              },
              model: 'string',
              role: { words: ['assistant', 'user'] },
            },
            optional: { _meta: 'object', stopReason: 'string' },
          },
          { required: { roots: { items: Root } }, optional: { _meta: 'object' } },
        ],
      },
    },
    requestState: 'string',
  },
}
const CallToolRequest: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    method: { words: ['tools/call'] },
    params: CallToolRequestParams,
  },
}
const CallToolResult: Shape = {
  required: { content: { items: ContentBlock }, resultType: 'string' },
  optional: {
    _meta: { optional: { 'io.modelcontextprotocol/serverInfo': Implementation } },
    isError: 'boolean',
    structuredContent: 'unknown',
  },
}
const SamplingMessage: Shape = {
  required: {
    content: {
      any: [
        AudioContent,
        ImageContent,
        TextContent,
        ToolResultContent,
        ToolUseContent,
        { items: SamplingMessageContentBlock },
      ],
      by: 'type',
    },
    role: { words: ['assistant', 'user'] },
  },
  optional: { _meta: 'object' },
}
const ModelHint: Shape = { optional: { name: 'string' } }
const ModelPreferences: Shape = {
  optional: {
    costPriority: { number: 'number', minimum: 0, maximum: 1 },
    hints: { items: ModelHint },
    intelligencePriority: { number: 'number', minimum: 0, maximum: 1 },
    speedPriority: { number: 'number', minimum: 0, maximum: 1 },
  },
}
const ToolChoice: Shape = { optional: { mode: { words: ['auto', 'none', 'required'] } } }
const ToolInputSchema: Shape = { required: { type: { words: ['object'] } }, optional: { $schema: 'string' } }
const ToolAnnotations: Shape = {
  optional: {
    destructiveHint: 'boolean',
    idempotentHint: 'boolean',
    openWorldHint: 'boolean',
    readOnlyHint: 'boolean',
    title: 'string',
  },
}
const ToolOutputSchema: Shape = { optional: { $schema: 'string' } }
const Tool: Shape = {
  required: { inputSchema: ToolInputSchema, name: 'string' },
  optional: {
    _meta: 'object',
    annotations: ToolAnnotations,
    description: 'string',
    icons: { items: Icon },
    outputSchema: ToolOutputSchema,
    title: 'string',
  },
}
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
const CreateMessageRequest: Shape = {
  required: { method: { words: ['sampling/createMessage'] }, params: CreateMessageParams },
}
const LegacyTitledEnumSchema: Shape = {
  required: { enum: { items: 'string' }, type: { words: ['string'] } },
  optional: { default: 'string', description: 'string', enumNames: { items: 'string' }, title: 'string' },
}
const NumberSchema: Shape = {
  required: { type: { words: ['integer', 'number'] } },
  optional: { default: 'number', description: 'string', maximum: 'number', minimum: 'number', title: 'string' },
}
const StringSchema: Shape = {
  required: { type: { words: ['string'] } },
  optional: {
    default: 'string',
    description: 'string',
    format: { words: ['date', 'date-time', 'email', 'uri'] },
    maxLength: 'number',
    minLength: 'number',
    title: 'string',
  },
}
const EnumOption: Shape = { required: { const: 'string', title: 'string' } }
const TitledMultiSelectEnumSchema: Shape = {
  required: { items: { required: { anyOf: { items: EnumOption } } }, type: { words: ['array'] } },
  optional: {
    default: { items: 'string' },
    description: 'string',
    maxItems: 'number',
    minItems: 'number',
    title: 'string',
  },
}
const TitledSingleSelectEnumSchema: Shape = {
  required: { oneOf: { items: EnumOption }, type: { words: ['string'] } },
  optional: { default: 'string', description: 'string', title: 'string' },
}
const UntitledMultiSelectEnumSchema: Shape = {
  required: {
    items: { required: { enum: { items: 'string' }, type: { words: ['string'] } } },
    type: { words: ['array'] },
  },
  optional: {
    default: { items: 'string' },
    description: 'string',
    maxItems: 'number',
    minItems: 'number',
    title: 'string',
  },
}
const UntitledSingleSelectEnumSchema: Shape = {
  required: { enum: { items: 'string' }, type: { words: ['string'] } },
  optional: { default: 'string', description: 'string', title: 'string' },
}
const PrimitiveSchema: Shape = {
  any: [
    BooleanSchema,
    LegacyTitledEnumSchema,
    NumberSchema,
    StringSchema,
    TitledMultiSelectEnumSchema,
    TitledSingleSelectEnumSchema,
    UntitledMultiSelectEnumSchema,
    UntitledSingleSelectEnumSchema,
  ],
  by: 'type',
}
const RequestedSchema: Shape = {
  required: { properties: { rest: PrimitiveSchema }, type: { words: ['object'] } },
  optional: { $schema: 'string', required: { items: 'string' } },
}
const ElicitFormParams: Shape = {
  required: { message: 'string', requestedSchema: RequestedSchema },
  optional: { mode: { words: ['form'] } },
}
const ElicitUrlParams: Shape = {
  required: { message: 'string', mode: { words: ['url'] }, url: 'string' },
  optional: { elicitationId: 'string' },
}
const ElicitParams: Shape = { any: [ElicitFormParams, ElicitUrlParams], by: 'mode' }
const ElicitRequest: Shape = { required: { method: { words: ['elicitation/create'] }, params: ElicitParams } }
const EmptyParams: Shape = { optional: { _meta: 'object' } }
const ListRootsRequest: Shape = { required: { method: { words: ['roots/list'] } }, optional: { params: EmptyParams } }
const InputRequest: Shape = { any: [CreateMessageRequest, ElicitRequest, ListRootsRequest], by: 'method' }
const InputRequiredResult: Shape = {
  required: { resultType: { words: ['input_required'] } },
  optional: { _meta: 'object', inputRequests: { rest: InputRequest }, requestState: 'string' },
}
const CallToolResultResponse: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    result: { any: [CallToolResult, InputRequiredResult] },
  },
}
const NotificationMeta: Shape = {
  optional: { 'io.modelcontextprotocol/subscriptionId': { any: ['integer', 'string'] } },
}
const CancelledNotificationParams: Shape = {
  required: { requestId: { any: ['integer', 'string'] } },
  optional: { _meta: NotificationMeta, reason: 'string' },
}
const CancelledNotification: Shape = {
  required: {
    jsonrpc: { words: ['2.0'] },
    method: { words: ['notifications/cancelled'] },
    params: CancelledNotificationParams,
  },
}
const PromptReference: Shape = {
  required: { name: 'string', type: { words: ['ref/prompt'] } },
  optional: { title: 'string' },
}
const ResourceTemplateReference: Shape = { required: { type: { words: ['ref/resource'] }, uri: 'string' } }
const CompletionReference: Shape = { any: [PromptReference, ResourceTemplateReference], by: 'type' }
const CompleteRequestParams: Shape = {
  required: {
    _meta: RequestMeta,
    argument: { required: { name: 'string', value: 'string' } },
    ref: CompletionReference,
  },
  optional: { context: { optional: { arguments: { rest: 'string' } } } },
}
const CompleteRequest: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    method: { words: ['completion/complete'] },
    params: CompleteRequestParams,
  },
}
const CompleteResult: Shape = {
  required: {
    completion: { required: { values: { items: 'string' } }, optional: { hasMore: 'boolean', total: 'number' } },
    resultType: 'string',
  },
  optional: { _meta: { optional: { 'io.modelcontextprotocol/serverInfo': Implementation } } },
}
const CompleteResultResponse: Shape = {
  required: { id: { any: ['integer', 'string'] }, jsonrpc: { words: ['2.0'] }, result: CompleteResult },
}
const CreateMessageResult: Shape = {
  required: {
    content: {
      any: [
        AudioContent,
        ImageContent,
        TextContent,
        ToolResultContent,
        ToolUseContent,
        { items: SamplingMessageContentBlock },
      ],
      by: 'type',
    },
    model: 'string',
    role: { words: ['assistant', 'user'] },
  },
  optional: { _meta: 'object', stopReason: 'string' },
}
const RequestParams: Shape = { required: { _meta: RequestMeta } }
const DiscoverRequest: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    method: { words: ['server/discover'] },
    params: RequestParams,
  },
}
const ServerCapabilities: Shape = {
  optional: {
    completions: 'object',
    experimental: { rest: 'object' },
    extensions: Extensions,
    logging: 'object',
    prompts: { optional: { listChanged: 'boolean' } },
    resources: { optional: { listChanged: 'boolean', subscribe: 'boolean' } },
    tasks: {
      optional: {
        cancel: 'object',
        list: 'object',
        requests: { optional: { tools: { optional: { call: 'object' } } } },
      },
    },
    tools: { optional: { listChanged: 'boolean' } },
  },
}
const DiscoverResult: Shape = {
  required: {
    cacheScope: { words: ['private', 'public'] },
    capabilities: ServerCapabilities,
    resultType: 'string',
    supportedVersions: { items: 'string' },
    ttlMs: { number: 'integer', minimum: 0 },
  },
  optional: { _meta: { optional: { 'io.modelcontextprotocol/serverInfo': Implementation } }, instructions: 'string' },
}
const DiscoverResultResponse: Shape = {
  required: { id: { any: ['integer', 'string'] }, jsonrpc: { words: ['2.0'] }, result: DiscoverResult },
}
const ElicitResult: Shape = {
  required: { action: { words: ['accept', 'cancel', 'decline'] } },
  optional: { _meta: 'object', content: { rest: ElicitValue } },
}
const GetPromptRequestParams: Shape = {
  required: { _meta: RequestMeta, name: 'string' },
  optional: {
    arguments: { rest: 'string' },
    inputResponses: {
      rest: {
        any: [
          {
            required: { action: { words: ['accept', 'cancel', 'decline'] } },
            optional: { _meta: 'object', content: { rest: ElicitValue } },
          },
          {
            required: {
              content: {
                any: [
                  AudioContent,
                  ImageContent,
                  TextContent,
                  ToolResultContent,
                  ToolUseContent,
                  { items: SamplingMessageContentBlock },
                ],
                by: 'type',
              },
              model: 'string',
              role: { words: ['assistant', 'user'] },
            },
            optional: { _meta: 'object', stopReason: 'string' },
          },
          { required: { roots: { items: Root } }, optional: { _meta: 'object' } },
        ],
      },
    },
    requestState: 'string',
  },
}
const GetPromptRequest: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    method: { words: ['prompts/get'] },
    params: GetPromptRequestParams,
  },
}
const PromptMessage: Shape = { required: { content: ContentBlock, role: { words: ['assistant', 'user'] } } }
const GetPromptResult: Shape = {
  required: { messages: { items: PromptMessage }, resultType: 'string' },
  optional: { _meta: { optional: { 'io.modelcontextprotocol/serverInfo': Implementation } }, description: 'string' },
}
const GetPromptResultResponse: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    result: { any: [GetPromptResult, InputRequiredResult] },
  },
}
const HeaderMismatchError: Shape = {
  required: {
    error: { required: { code: { words: [-32020] }, message: 'string' }, optional: { data: 'unknown' } },
    jsonrpc: { words: ['2.0'] },
  },
  optional: { id: { any: ['integer', 'string'] } },
}
const InputRequests: Shape = { rest: InputRequest }
const ListRootsResult: Shape = { required: { roots: { items: Root } }, optional: { _meta: 'object' } }
const InputResponse: Shape = { any: [CreateMessageResult, ElicitResult, ListRootsResult] }
const InputResponses: Shape = { rest: InputResponse }
const InternalError: Shape = {
  required: { code: { words: [-32603] }, message: 'string' },
  optional: { data: 'unknown' },
}
const InvalidParamsError: Shape = {
  required: { code: { words: [-32602] }, message: 'string' },
  optional: { data: 'unknown' },
}
const PaginatedRequestParams: Shape = { required: { _meta: RequestMeta }, optional: { cursor: 'string' } }
const ListPromptsRequest: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    method: { words: ['prompts/list'] },
    params: PaginatedRequestParams,
  },
}
const PromptArgument: Shape = {
  required: { name: 'string' },
  optional: { description: 'string', required: 'boolean', title: 'string' },
}
const Prompt: Shape = {
  required: { name: 'string' },
  optional: {
    _meta: 'object',
    arguments: { items: PromptArgument },
    description: 'string',
    icons: { items: Icon },
    title: 'string',
  },
}
const ListPromptsResult: Shape = {
  required: {
    cacheScope: { words: ['private', 'public'] },
    prompts: { items: Prompt },
    resultType: 'string',
    ttlMs: { number: 'integer', minimum: 0 },
  },
  optional: { _meta: { optional: { 'io.modelcontextprotocol/serverInfo': Implementation } }, nextCursor: 'string' },
}
const ListPromptsResultResponse: Shape = {
  required: { id: { any: ['integer', 'string'] }, jsonrpc: { words: ['2.0'] }, result: ListPromptsResult },
}
const ListResourceTemplatesRequest: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    method: { words: ['resources/templates/list'] },
    params: PaginatedRequestParams,
  },
}
const ResourceTemplate: Shape = {
  required: { name: 'string', uriTemplate: 'string' },
  optional: {
    _meta: 'object',
    annotations: Annotations,
    description: 'string',
    icons: { items: Icon },
    mimeType: 'string',
    title: 'string',
  },
}
const ListResourceTemplatesResult: Shape = {
  required: {
    cacheScope: { words: ['private', 'public'] },
    resourceTemplates: { items: ResourceTemplate },
    resultType: 'string',
    ttlMs: { number: 'integer', minimum: 0 },
  },
  optional: { _meta: { optional: { 'io.modelcontextprotocol/serverInfo': Implementation } }, nextCursor: 'string' },
}
const ListResourceTemplatesResultResponse: Shape = {
  required: { id: { any: ['integer', 'string'] }, jsonrpc: { words: ['2.0'] }, result: ListResourceTemplatesResult },
}
const ListResourcesRequest: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    method: { words: ['resources/list'] },
    params: PaginatedRequestParams,
  },
}
const Resource: Shape = {
  required: { name: 'string', uri: 'string' },
  optional: {
    _meta: 'object',
    annotations: Annotations,
    description: 'string',
    icons: { items: Icon },
    mimeType: 'string',
    size: 'number',
    title: 'string',
  },
}
const ListResourcesResult: Shape = {
  required: {
    cacheScope: { words: ['private', 'public'] },
    resources: { items: Resource },
    resultType: 'string',
    ttlMs: { number: 'integer', minimum: 0 },
  },
  optional: { _meta: { optional: { 'io.modelcontextprotocol/serverInfo': Implementation } }, nextCursor: 'string' },
}
const ListResourcesResultResponse: Shape = {
  required: { id: { any: ['integer', 'string'] }, jsonrpc: { words: ['2.0'] }, result: ListResourcesResult },
}
const ListToolsRequest: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    method: { words: ['tools/list'] },
    params: PaginatedRequestParams,
  },
}
const ListToolsResult: Shape = {
  required: {
    cacheScope: { words: ['private', 'public'] },
    resultType: 'string',
    tools: { items: Tool },
    ttlMs: { number: 'integer', minimum: 0 },
  },
  optional: { _meta: { optional: { 'io.modelcontextprotocol/serverInfo': Implementation } }, nextCursor: 'string' },
}
const ListToolsResultResponse: Shape = {
  required: { id: { any: ['integer', 'string'] }, jsonrpc: { words: ['2.0'] }, result: ListToolsResult },
}
const LoggingMessageNotificationParams: Shape = {
  required: {
    data: 'unknown',
    level: { words: ['alert', 'critical', 'debug', 'emergency', 'error', 'info', 'notice', 'warning'] },
  },
  optional: { _meta: NotificationMeta, logger: 'string' },
}
const LoggingMessageNotification: Shape = {
  required: {
    jsonrpc: { words: ['2.0'] },
    method: { words: ['notifications/message'] },
    params: LoggingMessageNotificationParams,
  },
}
const MethodNotFoundError: Shape = {
  required: { code: { words: [-32601] }, message: 'string' },
  optional: { data: 'unknown' },
}
const MissingCapabilityData: Shape = { required: { requiredCapabilities: ClientCapabilities } }
const MissingRequiredClientCapabilityError: Shape = {
  required: {
    error: { required: { code: { words: [-32021] }, data: MissingCapabilityData, message: 'string' } },
    jsonrpc: { words: ['2.0'] },
  },
  optional: { id: { any: ['integer', 'string'] } },
}
const ParseError: Shape = { required: { code: { words: [-32700] }, message: 'string' }, optional: { data: 'unknown' } }
const ProgressNotificationParams: Shape = {
  required: { progress: 'number', progressToken: { any: ['integer', 'string'] } },
  optional: { _meta: NotificationMeta, message: 'string', total: 'number' },
}
const ProgressNotification: Shape = {
  required: {
    jsonrpc: { words: ['2.0'] },
    method: { words: ['notifications/progress'] },
    params: ProgressNotificationParams,
  },
}
const NotificationParams: Shape = { optional: { _meta: NotificationMeta } }
const PromptListChangedNotification: Shape = {
  required: { jsonrpc: { words: ['2.0'] }, method: { words: ['notifications/prompts/list_changed'] } },
  optional: { params: NotificationParams },
}
const ReadResourceRequestParams: Shape = {
  required: { _meta: RequestMeta, uri: 'string' },
  optional: {
    inputResponses: {
      rest: {
        any: [
          {
            required: { action: { words: ['accept', 'cancel', 'decline'] } },
            optional: { _meta: 'object', content: { rest: ElicitValue } },
          },
          {
            required: {
              content: {
                any: [
                  AudioContent,
                  ImageContent,
                  TextContent,
                  ToolResultContent,
                  ToolUseContent,
                  { items: SamplingMessageContentBlock },
                ],
                by: 'type',
              },
              model: 'string',
              role: { words: ['assistant', 'user'] },
            },
            optional: { _meta: 'object', stopReason: 'string' },
          },
          { required: { roots: { items: Root } }, optional: { _meta: 'object' } },
        ],
      },
    },
    requestState: 'string',
  },
}
const ReadResourceRequest: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    method: { words: ['resources/read'] },
    params: ReadResourceRequestParams,
  },
}
const ReadResourceResult: Shape = {
  required: {
    cacheScope: { words: ['private', 'public'] },
    contents: { items: ResourceContents },
    resultType: 'string',
    ttlMs: { number: 'integer', minimum: 0 },
  },
  optional: { _meta: { optional: { 'io.modelcontextprotocol/serverInfo': Implementation } } },
}
const ReadResourceResultResponse: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    result: { any: [InputRequiredResult, ReadResourceResult] },
  },
}
const ResourceListChangedNotification: Shape = {
  required: { jsonrpc: { words: ['2.0'] }, method: { words: ['notifications/resources/list_changed'] } },
  optional: { params: NotificationParams },
}
const ResourceUpdatedNotificationParams: Shape = { required: { uri: 'string' }, optional: { _meta: NotificationMeta } }
const ResourceUpdatedNotification: Shape = {
  required: {
    jsonrpc: { words: ['2.0'] },
    method: { words: ['notifications/resources/updated'] },
    params: ResourceUpdatedNotificationParams,
  },
}
const SubscriptionFilter: Shape = {
  optional: {
    promptsListChanged: 'boolean',
    resourceSubscriptions: { items: 'string' },
    resourcesListChanged: 'boolean',
    toolsListChanged: 'boolean',
  },
}
const SubscriptionsAcknowledgedNotification: Shape = {
  required: {
    jsonrpc: { words: ['2.0'] },
    method: { words: ['notifications/subscriptions/acknowledged'] },
    params: { required: { notifications: SubscriptionFilter }, optional: { _meta: NotificationMeta } },
  },
}
const SubscriptionsListenRequestParams: Shape = { required: { _meta: RequestMeta, notifications: SubscriptionFilter } }
const SubscriptionsListenRequest: Shape = {
  required: {
    id: { any: ['integer', 'string'] },
    jsonrpc: { words: ['2.0'] },
    method: { words: ['subscriptions/listen'] },
    params: SubscriptionsListenRequestParams,
  },
}
const SubscriptionsListenResult: Shape = {
  required: {
    _meta: {
      required: { 'io.modelcontextprotocol/subscriptionId': { any: ['integer', 'string'] } },
      optional: { 'io.modelcontextprotocol/serverInfo': Implementation },
    },
    resultType: 'string',
  },
}
const SubscriptionsListenResultResponse: Shape = {
  required: { id: { any: ['integer', 'string'] }, jsonrpc: { words: ['2.0'] }, result: SubscriptionsListenResult },
}
const ToolListChangedNotification: Shape = {
  required: { jsonrpc: { words: ['2.0'] }, method: { words: ['notifications/tools/list_changed'] } },
  optional: { params: NotificationParams },
}
const UnsupportedVersionData: Shape = { required: { requested: 'string', supported: { items: 'string' } } }
const UnsupportedProtocolVersionError: Shape = {
  required: {
    error: { required: { code: { words: [-32022] }, data: UnsupportedVersionData, message: 'string' } },
    jsonrpc: { words: ['2.0'] },
  },
  optional: { id: { any: ['integer', 'string'] } },
}

/** Validators by the specification's names. */
export const official: ReadonlyMap<string, Validator> = new Map<string, Validator>([
  ['AudioContent', (value) => check(AudioContent, value)],
  ['BlobResourceContents', (value) => check(BlobResourceContents, value)],
  ['BooleanSchema', (value) => check(BooleanSchema, value)],
  ['CallToolRequest', (value) => check(CallToolRequest, value)],
  ['CallToolRequestParams', (value) => check(CallToolRequestParams, value)],
  ['CallToolResult', (value) => check(CallToolResult, value)],
  ['CallToolResultResponse', (value) => check(CallToolResultResponse, value)],
  ['CancelledNotification', (value) => check(CancelledNotification, value)],
  ['CancelledNotificationParams', (value) => check(CancelledNotificationParams, value)],
  ['ClientCapabilities', (value) => check(ClientCapabilities, value)],
  ['CompleteRequest', (value) => check(CompleteRequest, value)],
  ['CompleteRequestParams', (value) => check(CompleteRequestParams, value)],
  ['CompleteResult', (value) => check(CompleteResult, value)],
  ['CompleteResultResponse', (value) => check(CompleteResultResponse, value)],
  ['CreateMessageRequest', (value) => check(CreateMessageRequest, value)],
  ['CreateMessageRequestParams', (value) => check(CreateMessageParams, value)],
  ['CreateMessageResult', (value) => check(CreateMessageResult, value)],
  ['DiscoverRequest', (value) => check(DiscoverRequest, value)],
  ['DiscoverResult', (value) => check(DiscoverResult, value)],
  ['DiscoverResultResponse', (value) => check(DiscoverResultResponse, value)],
  ['ElicitRequest', (value) => check(ElicitRequest, value)],
  ['ElicitRequestFormParams', (value) => check(ElicitFormParams, value)],
  ['ElicitRequestURLParams', (value) => check(ElicitUrlParams, value)],
  ['ElicitResult', (value) => check(ElicitResult, value)],
  ['EmbeddedResource', (value) => check(EmbeddedResource, value)],
  ['GetPromptRequest', (value) => check(GetPromptRequest, value)],
  ['GetPromptRequestParams', (value) => check(GetPromptRequestParams, value)],
  ['GetPromptResult', (value) => check(GetPromptResult, value)],
  ['GetPromptResultResponse', (value) => check(GetPromptResultResponse, value)],
  ['HeaderMismatchError', (value) => check(HeaderMismatchError, value)],
  ['ImageContent', (value) => check(ImageContent, value)],
  ['InputRequests', (value) => check(InputRequests, value)],
  ['InputRequiredResult', (value) => check(InputRequiredResult, value)],
  ['InputResponses', (value) => check(InputResponses, value)],
  ['InternalError', (value) => check(InternalError, value)],
  ['InvalidParamsError', (value) => check(InvalidParamsError, value)],
  ['ListPromptsRequest', (value) => check(ListPromptsRequest, value)],
  ['ListPromptsResult', (value) => check(ListPromptsResult, value)],
  ['ListPromptsResultResponse', (value) => check(ListPromptsResultResponse, value)],
  ['ListResourceTemplatesRequest', (value) => check(ListResourceTemplatesRequest, value)],
  ['ListResourceTemplatesResult', (value) => check(ListResourceTemplatesResult, value)],
  ['ListResourceTemplatesResultResponse', (value) => check(ListResourceTemplatesResultResponse, value)],
  ['ListResourcesRequest', (value) => check(ListResourcesRequest, value)],
  ['ListResourcesResult', (value) => check(ListResourcesResult, value)],
  ['ListResourcesResultResponse', (value) => check(ListResourcesResultResponse, value)],
  ['ListRootsRequest', (value) => check(ListRootsRequest, value)],
  ['ListRootsResult', (value) => check(ListRootsResult, value)],
  ['ListToolsRequest', (value) => check(ListToolsRequest, value)],
  ['ListToolsResult', (value) => check(ListToolsResult, value)],
  ['ListToolsResultResponse', (value) => check(ListToolsResultResponse, value)],
  ['LoggingMessageNotification', (value) => check(LoggingMessageNotification, value)],
  ['LoggingMessageNotificationParams', (value) => check(LoggingMessageNotificationParams, value)],
  ['MethodNotFoundError', (value) => check(MethodNotFoundError, value)],
  ['MissingRequiredClientCapabilityError', (value) => check(MissingRequiredClientCapabilityError, value)],
  ['ModelPreferences', (value) => check(ModelPreferences, value)],
  ['NumberSchema', (value) => check(NumberSchema, value)],
  ['PaginatedRequestParams', (value) => check(PaginatedRequestParams, value)],
  ['ParseError', (value) => check(ParseError, value)],
  ['ProgressNotification', (value) => check(ProgressNotification, value)],
  ['ProgressNotificationParams', (value) => check(ProgressNotificationParams, value)],
  ['PromptListChangedNotification', (value) => check(PromptListChangedNotification, value)],
  ['ReadResourceRequest', (value) => check(ReadResourceRequest, value)],
  ['ReadResourceRequestParams', (value) => check(ReadResourceRequestParams, value)],
  ['ReadResourceResult', (value) => check(ReadResourceResult, value)],
  ['ReadResourceResultResponse', (value) => check(ReadResourceResultResponse, value)],
  ['Resource', (value) => check(Resource, value)],
  ['ResourceLink', (value) => check(ResourceLink, value)],
  ['ResourceListChangedNotification', (value) => check(ResourceListChangedNotification, value)],
  ['ResourceUpdatedNotification', (value) => check(ResourceUpdatedNotification, value)],
  ['ResourceUpdatedNotificationParams', (value) => check(ResourceUpdatedNotificationParams, value)],
  ['Root', (value) => check(Root, value)],
  ['SamplingMessage', (value) => check(SamplingMessage, value)],
  ['ServerCapabilities', (value) => check(ServerCapabilities, value)],
  ['StringSchema', (value) => check(StringSchema, value)],
  ['SubscriptionsAcknowledgedNotification', (value) => check(SubscriptionsAcknowledgedNotification, value)],
  ['SubscriptionsListenRequest', (value) => check(SubscriptionsListenRequest, value)],
  ['SubscriptionsListenResult', (value) => check(SubscriptionsListenResult, value)],
  ['SubscriptionsListenResultResponse', (value) => check(SubscriptionsListenResultResponse, value)],
  ['TextContent', (value) => check(TextContent, value)],
  ['TextResourceContents', (value) => check(TextResourceContents, value)],
  ['TitledMultiSelectEnumSchema', (value) => check(TitledMultiSelectEnumSchema, value)],
  ['TitledSingleSelectEnumSchema', (value) => check(TitledSingleSelectEnumSchema, value)],
  ['Tool', (value) => check(Tool, value)],
  ['ToolListChangedNotification', (value) => check(ToolListChangedNotification, value)],
  ['ToolResultContent', (value) => check(ToolResultContent, value)],
  ['ToolUseContent', (value) => check(ToolUseContent, value)],
  ['UnsupportedProtocolVersionError', (value) => check(UnsupportedProtocolVersionError, value)],
  ['UntitledMultiSelectEnumSchema', (value) => check(UntitledMultiSelectEnumSchema, value)],
  ['UntitledSingleSelectEnumSchema', (value) => check(UntitledSingleSelectEnumSchema, value)],
])
