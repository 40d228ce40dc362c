export type { CacheHints, CacheScope } from './caching.ts'
export type { ClientCapabilities, Extensions, ServerCapabilities } from './capabilities.ts'
export type {
  CompleteParams,
  CompleteResult,
  CompletionReference,
  PromptReference,
  ResourceTemplateReference,
} from './completion.ts'
export type {
  Annotations,
  AudioContent,
  BlobResourceContents,
  ContentBlock,
  EmbeddedResource,
  Icon,
  ImageContent,
  ResourceContents,
  ResourceLink,
  Role,
  TextContent,
  TextResourceContents,
} from './content.ts'
export type {
  BooleanSchema,
  ElicitFormParams,
  ElicitParams,
  ElicitResult,
  ElicitUrlParams,
  ElicitValue,
  EnumOption,
  EnumSchema,
  LegacyTitledEnumSchema,
  NumberSchema,
  PrimitiveSchema,
  RequestedSchema,
  StringSchema,
  TitledMultiSelectEnumSchema,
  TitledSingleSelectEnumSchema,
  UntitledMultiSelectEnumSchema,
  UntitledSingleSelectEnumSchema,
} from './elicitation.ts'
export type { Implementation } from './implementation.ts'
export { loggingLevels } from './logging.ts'
export type { LoggingLevel, LoggingMessageParams } from './logging.ts'
export type { Cursor } from './pagination.ts'
export type { Progress, ProgressToken } from './progress.ts'
export type {
  GetPromptParams,
  GetPromptResult,
  ListPromptsResult,
  Prompt,
  PromptArgument,
  PromptMessage,
} from './prompts.ts'
export type {
  ListResourceTemplatesResult,
  ListResourcesResult,
  ReadResourceResult,
  Resource,
  ResourceParams,
  ResourceTemplate,
} from './resources.ts'
export type { ListRootsResult, Root } from './roots.ts'
export type {
  CreateMessageParams,
  CreateMessageResult,
  ModelHint,
  ModelPreferences,
  SamplingMessage,
  SamplingMessageContentBlock,
  StopReason,
  ToolChoice,
  ToolResultContent,
  ToolUseContent,
} from './sampling.ts'
export type { SubscriptionFilter } from './subscriptions.ts'
export type {
  CallToolParams,
  CallToolResult,
  ListToolsResult,
  Tool,
  ToolAnnotations,
  ToolInputSchema,
  ToolOutputSchema,
} from './tools.ts'
