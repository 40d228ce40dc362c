export { checkArguments } from './arguments.ts'
export { andThen, isThenable, orElse } from './awaitable.ts'
export type { Awaitable } from './awaitable.ts'
export { fromBase64, fromBase64Url, toBase64, toBase64Url } from './base64.ts'
export { concat } from './bytes.ts'
export { checkElicitContent, formFault } from './elicitation-form.ts'
export {
  ConnectionClosed,
  headerMismatch,
  HttpFailure,
  internalError,
  invalidParams,
  invalidRequest,
  InvalidResult,
  methodNotFound,
  missingCapability,
  NegotiationFailed,
  parseError,
  receivedError,
  resourceNotFound,
  RpcError,
  timedOut,
  ToolError,
  TooManyRounds,
  unsupportedVersion,
  urlElicitationRequired,
  userRefused,
} from './errors.ts'
export type { RpcErrorKind } from './errors.ts'
export { canonical, checkDepth, decodeUtf8, isObject, parseJson } from './json.ts'
export type { Json, JsonObject, ParseOptions } from './json.ts'
export type { FromJsonSchema, JsonSchema } from './json-schema.ts'
export { mimeFromExtension, sniffMime } from './mime.ts'
export { LinkedList } from './linked-list.ts'
export type { Linked } from './linked-list.ts'
export { loggingLevels } from './model/index.ts'
export type {
  Annotations,
  AudioContent,
  BlobResourceContents,
  BooleanSchema,
  CacheHints,
  CacheScope,
  CallToolParams,
  CallToolResult,
  ClientCapabilities,
  CompleteParams,
  CompleteResult,
  CompletionReference,
  ContentBlock,
  CreateMessageParams,
  CreateMessageResult,
  Cursor,
  ElicitFormParams,
  ElicitParams,
  ElicitResult,
  ElicitUrlParams,
  ElicitValue,
  EmbeddedResource,
  EnumOption,
  EnumSchema,
  Extensions,
  GetPromptParams,
  GetPromptResult,
  Icon,
  ImageContent,
  Implementation,
  LegacyTitledEnumSchema,
  ListPromptsResult,
  ListResourcesResult,
  ListResourceTemplatesResult,
  ListRootsResult,
  ListToolsResult,
  LoggingLevel,
  LoggingMessageParams,
  ModelHint,
  ModelPreferences,
  NumberSchema,
  PrimitiveSchema,
  Progress,
  ProgressToken,
  Prompt,
  PromptArgument,
  PromptMessage,
  PromptReference,
  ReadResourceResult,
  RequestedSchema,
  Resource,
  ResourceContents,
  ResourceLink,
  ResourceParams,
  ResourceTemplate,
  ResourceTemplateReference,
  Role,
  Root,
  SamplingMessage,
  SamplingMessageContentBlock,
  ServerCapabilities,
  StopReason,
  StringSchema,
  SubscriptionFilter,
  TextContent,
  TextResourceContents,
  TitledMultiSelectEnumSchema,
  TitledSingleSelectEnumSchema,
  Tool,
  ToolAnnotations,
  ToolChoice,
  ToolInputSchema,
  ToolOutputSchema,
  ToolResultContent,
  ToolUseContent,
  UntitledMultiSelectEnumSchema,
  UntitledSingleSelectEnumSchema,
} from './model/index.ts'
export { displayName, extensionIdFault, isReservedKey, metaKeyFault } from './names.ts'
export { lackingScopes, principalKey, scopeFault } from './principal.ts'
export type { AuthHead, Authorize, AuthRefusal, Principal, PublicDocument } from './principal.ts'
export { samplingFault } from './sampling-rules.ts'
export { compile, compileLater, describeIssues, preload, toJsonSchema } from './schema.ts'
export type {
  Check,
  Checked,
  CompileOptions,
  Direction,
  InferInput,
  InferOutput,
  Schema,
  SchemaConverter,
  StandardIssue,
  StandardJsonSchema,
  StandardProperties,
  StandardResult,
  StandardSchema,
} from './schema.ts'
export { checkBounds } from './schema-bounds.ts'
export type { SchemaBounds } from './schema-bounds.ts'
export { createSealer, StateTooLarge } from './seal.ts'
export type { Sealer, SealerOptions } from './seal.ts'
export { screenVariable } from './template-variables.ts'
export type { TemplateVariables } from './template-variables.ts'
export { compareSpecificity, sameShape, UriTemplate } from './uri-template.ts'
export type { TemplateValue } from './uri-template.ts'
export type { Issue, SchemaValidator } from './validator.ts'
