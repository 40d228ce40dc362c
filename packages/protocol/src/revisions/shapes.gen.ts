// Generated from the wire types by tools/generate; change those and run `pnpm --filter @parley/generate generate`.
import type { Shape } from '../shape.ts'

export const PromptReference: Shape = {
  required: { name: 'string', type: { words: ['ref/prompt'] } },
  optional: { title: 'string' },
}
export const ResourceTemplateReference: Shape = { required: { type: { words: ['ref/resource'] }, uri: 'string' } }
export const CompletionReference: Shape = { any: [PromptReference, ResourceTemplateReference], by: 'type' }
export const ResourceParams: Shape = { required: { uri: 'string' } }
export const EmptyParams: Shape = { optional: { _meta: 'object' } }
export const SubscriptionFilter: Shape = {
  optional: {
    promptsListChanged: 'boolean',
    resourceSubscriptions: { items: 'string' },
    resourcesListChanged: 'boolean',
    toolsListChanged: 'boolean',
  },
}
export const SubscriptionsListenParams: Shape = { required: { notifications: SubscriptionFilter } }
export const CancelledParams: Shape = {
  required: { requestId: { any: ['integer', 'string'] } },
  optional: { reason: 'string' },
}
export const ElicitValue: Shape = { any: ['boolean', 'number', 'string', { items: 'string' }] }
export const ElicitResult: Shape = {
  required: { action: { words: ['accept', 'cancel', 'decline'] } },
  optional: { _meta: 'object', content: { rest: ElicitValue } },
}
export const Root: Shape = { required: { uri: 'string' }, optional: { _meta: 'object', name: 'string' } }
export const ListRootsResult: Shape = { required: { roots: { items: Root } }, optional: { _meta: 'object' } }
export const Annotations: Shape = {
  optional: {
    audience: { items: { words: ['assistant', 'user'] } },
    lastModified: 'string',
    priority: { number: 'number', minimum: 0, maximum: 1 },
  },
}
export const AudioContent: Shape = {
  required: { data: 'string', mimeType: 'string', type: { words: ['audio'] } },
  optional: { _meta: 'object', annotations: Annotations },
}
export const ImageContent: Shape = {
  required: { data: 'string', mimeType: 'string', type: { words: ['image'] } },
  optional: { _meta: 'object', annotations: Annotations },
}
export const TextContent: Shape = {
  required: { text: 'string', type: { words: ['text'] } },
  optional: { _meta: 'object', annotations: Annotations },
}
export const BlobResourceContents: Shape = {
  required: { blob: 'string', uri: 'string' },
  optional: { _meta: 'object', mimeType: 'string' },
}
export const TextResourceContents: Shape = {
  required: { text: 'string', uri: 'string' },
  optional: { _meta: 'object', mimeType: 'string' },
}
export const ResourceContents: Shape = { any: [BlobResourceContents, TextResourceContents] }
export const EmbeddedResource: Shape = {
  required: { resource: ResourceContents, type: { words: ['resource'] } },
  optional: { _meta: 'object', annotations: Annotations },
}
export const Icon: Shape = {
  required: { src: 'string' },
  optional: { mimeType: 'string', sizes: { items: 'string' }, theme: { words: ['dark', 'light'] } },
}
export const ResourceLink: Shape = {
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
export const ContentBlock: Shape = {
  any: [AudioContent, EmbeddedResource, ImageContent, ResourceLink, TextContent],
  by: 'type',
}
export const ToolResultContent: Shape = {
  required: { content: { items: ContentBlock }, toolUseId: 'string', type: { words: ['tool_result'] } },
  optional: { _meta: 'object', isError: 'boolean', structuredContent: 'unknown' },
}
export const ToolUseContent: Shape = {
  required: { id: 'string', input: 'object', name: 'string', type: { words: ['tool_use'] } },
  optional: { _meta: 'object' },
}
export const SamplingMessageContentBlock: Shape = {
  any: [AudioContent, ImageContent, TextContent, ToolResultContent, ToolUseContent],
  by: 'type',
}
export const CreateMessageResult: Shape = {
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
export const Extensions: Shape = { rest: 'object' }
export const ClientCapabilities: Shape = {
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
export const Implementation: Shape = {
  required: { name: 'string', version: 'string' },
  optional: { description: 'string', icons: { items: Icon }, title: 'string', websiteUrl: 'string' },
}
export const BooleanSchema: Shape = {
  required: { type: { words: ['boolean'] } },
  optional: { default: 'boolean', description: 'string', title: 'string' },
}
export const LegacyTitledEnumSchema: Shape = {
  required: { enum: { items: 'string' }, type: { words: ['string'] } },
  optional: { default: 'string', description: 'string', enumNames: { items: 'string' }, title: 'string' },
}
export const NumberSchema: Shape = {
  required: { type: { words: ['integer', 'number'] } },
  optional: { default: 'number', description: 'string', maximum: 'number', minimum: 'number', title: 'string' },
}
export const StringSchema: Shape = {
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
export const EnumOption: Shape = { required: { const: 'string', title: 'string' } }
export const TitledMultiSelectEnumSchema: Shape = {
  required: { items: { required: { anyOf: { items: EnumOption } } }, type: { words: ['array'] } },
  optional: {
    default: { items: 'string' },
    description: 'string',
    maxItems: 'number',
    minItems: 'number',
    title: 'string',
  },
}
export const TitledSingleSelectEnumSchema: Shape = {
  required: { oneOf: { items: EnumOption }, type: { words: ['string'] } },
  optional: { default: 'string', description: 'string', title: 'string' },
}
export const UntitledMultiSelectEnumSchema: Shape = {
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
export const UntitledSingleSelectEnumSchema: Shape = {
  required: { enum: { items: 'string' }, type: { words: ['string'] } },
  optional: { default: 'string', description: 'string', title: 'string' },
}
export const PrimitiveSchema: Shape = {
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
export const RequestedSchema: Shape = {
  required: { properties: { rest: PrimitiveSchema }, type: { words: ['object'] } },
  optional: { $schema: 'string', required: { items: 'string' } },
}
export const SamplingMessage: Shape = {
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
export const ModelHint: Shape = { optional: { name: 'string' } }
export const ModelPreferences: Shape = {
  optional: {
    costPriority: { number: 'number', minimum: 0, maximum: 1 },
    hints: { items: ModelHint },
    intelligencePriority: { number: 'number', minimum: 0, maximum: 1 },
    speedPriority: { number: 'number', minimum: 0, maximum: 1 },
  },
}
export const ToolChoice: Shape = { optional: { mode: { words: ['auto', 'none', 'required'] } } }
export const ToolInputSchema: Shape = { required: { type: { words: ['object'] } }, optional: { $schema: 'string' } }
export const ToolAnnotations: Shape = {
  optional: {
    destructiveHint: 'boolean',
    idempotentHint: 'boolean',
    openWorldHint: 'boolean',
    readOnlyHint: 'boolean',
    title: 'string',
  },
}
export const ToolOutputSchema: Shape = { optional: { $schema: 'string' } }
export const Tool: Shape = {
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
export const CompleteResult2: Shape = {
  required: {
    completion: { required: { values: { items: 'string' } }, optional: { hasMore: 'boolean', total: 'number' } },
  },
  optional: { _meta: 'object' },
}
export const PromptMessage: Shape = { required: { content: ContentBlock, role: { words: ['assistant', 'user'] } } }
export const GetPromptResult2: Shape = {
  required: { messages: { items: PromptMessage } },
  optional: { _meta: 'object', description: 'string' },
}
export const PromptArgument: Shape = {
  required: { name: 'string' },
  optional: { description: 'string', required: 'boolean', title: 'string' },
}
export const Prompt: Shape = {
  required: { name: 'string' },
  optional: {
    _meta: 'object',
    arguments: { items: PromptArgument },
    description: 'string',
    icons: { items: Icon },
    title: 'string',
  },
}
export const ListPromptsResult2: Shape = {
  required: { prompts: { items: Prompt } },
  optional: { _meta: 'object', cacheScope: { words: ['private', 'public'] }, nextCursor: 'string', ttlMs: 'number' },
}
export const Resource: Shape = {
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
export const ListResourcesResult2: Shape = {
  required: { resources: { items: Resource } },
  optional: { _meta: 'object', cacheScope: { words: ['private', 'public'] }, nextCursor: 'string', ttlMs: 'number' },
}
export const ReadResourceResult2: Shape = {
  required: { contents: { items: ResourceContents } },
  optional: { _meta: 'object', cacheScope: { words: ['private', 'public'] }, ttlMs: 'number' },
}
export const ResourceTemplate: Shape = {
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
export const ListResourceTemplatesResult2: Shape = {
  required: { resourceTemplates: { items: ResourceTemplate } },
  optional: { _meta: 'object', cacheScope: { words: ['private', 'public'] }, nextCursor: 'string', ttlMs: 'number' },
}
export const ServerCapabilities: Shape = {
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
export const RequestMeta2: Shape = { optional: { progressToken: { any: ['integer', 'string'] } } }
export const RequestParams2: Shape = { optional: { _meta: RequestMeta2 } }
export const NotificationsCancelledParams: Shape = {
  optional: { _meta: 'object', reason: 'string', requestId: { any: ['integer', 'string'] } },
}
export const NotificationsProgressParams: Shape = {
  required: { progress: 'number', progressToken: { any: ['integer', 'string'] } },
  optional: { _meta: 'object', message: 'string', total: 'number' },
}
