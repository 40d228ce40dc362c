import type { Json, JsonObject } from '../json.ts'
import type { AudioContent, ContentBlock, ImageContent, Role, TextContent } from './content.ts'
import type { Tool } from './tools.ts'

/** The model asks for a tool to be called. */
export type ToolUseContent = {
  type: 'tool_use'
  /** Matched by the `toolUseId` of its result. */
  id: string
  name: string
  input: JsonObject
  _meta?: JsonObject | undefined
}

/** What a tool that the model asked for gave back. */
export type ToolResultContent = {
  type: 'tool_result'
  toolUseId: string
  content: ContentBlock[]
  /** Any JSON value, null included: test for its presence. */
  structuredContent?: Json
  /** @default false */
  isError?: boolean | undefined
  _meta?: JsonObject | undefined
}

/** One piece of a message to or from a model. */
export type SamplingMessageContentBlock = TextContent | ImageContent | AudioContent | ToolUseContent | ToolResultContent

/** A message to or from a model. A user message with a tool result holds nothing else. */
export type SamplingMessage = {
  role: Role
  content: SamplingMessageContentBlock | SamplingMessageContentBlock[]
  _meta?: JsonObject | undefined
}

/** A name, or part of one, of a model that would do. */
export type ModelHint = {
  name?: string
}

/** Which kind of model is wanted. Advice: the client decides. */
export type ModelPreferences = {
  /** Tried in order. */
  hints?: ModelHint[]
  /**
   * How much a low price matters.
   *
   * @minimum 0
   * @maximum 1
   */
  costPriority?: number
  /**
   * How much speed matters.
   *
   * @minimum 0
   * @maximum 1
   */
  speedPriority?: number
  /**
   * How much capability matters.
   *
   * @minimum 0
   * @maximum 1
   */
  intelligencePriority?: number
}

/** Whether the model may, must or must not call tools. */
export type ToolChoice = {
  /** @default 'auto' */
  mode?: 'auto' | 'required' | 'none'
}

/** What a model is asked to continue, through the client (client/sampling). */
export type CreateMessageParams = {
  messages: SamplingMessage[]
  modelPreferences?: ModelPreferences
  systemPrompt?: string
  /** Whose context to add. Anything but `none` needs the client's `sampling.context`. @default 'none' */
  includeContext?: 'none' | 'thisServer' | 'allServers'
  temperature?: number
  /** @asType integer */
  maxTokens: number
  stopSequences?: string[]
  /** Handed to the provider of the model as it is. */
  metadata?: JsonObject
  /** Needs the client's `sampling.tools`. */
  tools?: Tool[]
  toolChoice?: ToolChoice
}

/** Why a model stopped; providers add their own words. */
export type StopReason = 'endTurn' | 'stopSequence' | 'maxTokens' | 'toolUse' | (string & {})

/** What the model answered. */
export type CreateMessageResult = {
  role: Role
  content: SamplingMessageContentBlock | SamplingMessageContentBlock[]
  /** The name of the model that answered. */
  model: string
  stopReason?: StopReason
  _meta?: JsonObject | undefined
}
