import type { Json, JsonObject } from '../json.ts'
import type { CacheHints } from './caching.ts'
import type { ContentBlock, Icon } from './content.ts'
import type { Cursor } from './pagination.ts'

/** What a tool says about its own behaviour. Untrusted unless the server is trusted. */
export type ToolAnnotations = {
  /** A display name; `Tool.title` goes before it. */
  title?: string | undefined
  /** Changes nothing. @default false */
  readOnlyHint?: boolean | undefined
  /** May destroy rather than only add. @default true */
  destructiveHint?: boolean | undefined
  /** The same call again has no further effect. @default false */
  idempotentHint?: boolean | undefined
  /** Reaches beyond a closed domain. @default true */
  openWorldHint?: boolean | undefined
}

/** The JSON Schema of a tool's arguments: its root is an object. 2020-12 unless `$schema` says otherwise. */
export type ToolInputSchema = JsonObject & { type: 'object'; $schema?: string }

/** The JSON Schema of a tool's structured result. */
export type ToolOutputSchema = JsonObject & { $schema?: string }

/** A function that a model may call (server/tools). */
export type Tool = {
  /** Unique within the server, case-sensitive. */
  name: string
  title?: string | undefined
  description?: string | undefined
  inputSchema: ToolInputSchema
  outputSchema?: ToolOutputSchema
  annotations?: ToolAnnotations | undefined
  icons?: Icon[]
  _meta?: JsonObject | undefined
}

/** One page of a server's tools. */
export type ListToolsResult = CacheHints & {
  tools: Tool[]
  /** Present when there is more, even if it is the empty string. */
  nextCursor?: Cursor
  _meta?: JsonObject | undefined
}

/** Which tool to call, with what. */
export type CallToolParams = {
  name: string
  arguments?: JsonObject
}

/** What a tool gave back. */
export type CallToolResult = {
  content: ContentBlock[]
  /** Any JSON value, null included: test for its presence. */
  structuredContent?: Json
  /** The tool failed, and `content` tells the model how. @default false */
  isError?: boolean | undefined
  _meta?: JsonObject | undefined
}
