import type { JsonObject } from '../json.ts'

/** A prompt whose argument is being completed. */
export type PromptReference = {
  type: 'ref/prompt'
  name: string
  title?: string | undefined
}

/** A resource or template whose variable is being completed. */
export type ResourceTemplateReference = {
  type: 'ref/resource'
  /** A URI or a URI template. */
  uri: string
}

/** What the completed value belongs to. */
export type CompletionReference = PromptReference | ResourceTemplateReference

/** A half-typed value to complete (server/utilities/completion). */
export type CompleteParams = {
  ref: CompletionReference
  argument: {
    name: string
    /** What has been typed so far. */
    value: string
  }
  context?: {
    /** Values already chosen for the other arguments. */
    arguments?: { [name: string]: string }
  }
}

/** The values that a half-typed one may become, best first. */
export type CompleteResult = {
  completion: {
    /** At most 100. */
    values: string[]
    /** How many there are in all, which may be more than were sent. */
    total?: number
    hasMore?: boolean
  }
  _meta?: JsonObject | undefined
}
