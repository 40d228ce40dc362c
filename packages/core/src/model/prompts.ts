import type { JsonObject } from '../json.ts'
import type { CacheHints } from './caching.ts'
import type { ContentBlock, Icon, Role } from './content.ts'
import type { Cursor } from './pagination.ts'

/** A value that a prompt is filled in with. Always a string. */
export type PromptArgument = {
  name: string
  title?: string | undefined
  description?: string | undefined
  /** @default false */
  required?: boolean | undefined
}

/** A message template that a user may choose (server/prompts). */
export type Prompt = {
  name: string
  title?: string | undefined
  description?: string | undefined
  arguments?: PromptArgument[]
  icons?: Icon[]
  _meta?: JsonObject | undefined
}

/** One message of a prompt that has been filled in. */
export type PromptMessage = {
  role: Role
  content: ContentBlock
}

/** One page of a server's prompts. */
export type ListPromptsResult = CacheHints & {
  prompts: Prompt[]
  /** Present when there is more, even if it is the empty string. */
  nextCursor?: Cursor
  _meta?: JsonObject | undefined
}

/** Which prompt to fill in, with what. */
export type GetPromptParams = {
  name: string
  arguments?: { [name: string]: string }
}

/** A prompt, filled in. */
export type GetPromptResult = {
  description?: string | undefined
  messages: PromptMessage[]
  _meta?: JsonObject | undefined
}
