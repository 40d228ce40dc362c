import type { JsonObject } from '../json.ts'

/** Who speaks in a conversation, or whom something is meant for. */
export type Role = 'user' | 'assistant'

/** Hints to the client about how an object is used or shown. All optional; none is binding. */
export type Annotations = {
  /** Whom it is meant for; both when both are named. */
  audience?: Role[]
  /**
   * How much it matters: 1 is effectively required, 0 entirely optional.
   *
   * @minimum 0
   * @maximum 1
   */
  priority?: number
  /** The moment of the last change, in ISO 8601. */
  lastModified?: string | undefined
}

/** A picture for a user interface; the consumer sniffs and sanitises it before showing it. */
export type Icon = {
  /** An `https:` or `data:` URI. */
  src: string
  mimeType?: string | undefined
  /** `WxH`, or `any` for what scales. */
  sizes?: string[]
  /** The background it is drawn for. Absent: any. */
  theme?: 'light' | 'dark'
}

/** Text, given to or by a model. */
export type TextContent = {
  type: 'text'
  text: string
  annotations?: Annotations | undefined
  _meta?: JsonObject | undefined
}

/** An image, in base64. */
export type ImageContent = {
  type: 'image'
  /** Base64. */
  data: string
  mimeType: string
  annotations?: Annotations | undefined
  _meta?: JsonObject | undefined
}

/** Sound, in base64. */
export type AudioContent = {
  type: 'audio'
  /** Base64. */
  data: string
  mimeType: string
  annotations?: Annotations | undefined
  _meta?: JsonObject | undefined
}

/** A resource the server can read on request, named but not included. */
export type ResourceLink = {
  type: 'resource_link'
  uri: string
  name: string
  title?: string | undefined
  description?: string | undefined
  mimeType?: string | undefined
  /** Bytes, before any encoding. */
  size?: number | undefined
  icons?: Icon[]
  annotations?: Annotations | undefined
  _meta?: JsonObject | undefined
}

/** The contents of a resource that is text. */
export type TextResourceContents = {
  uri: string
  mimeType?: string | undefined
  text: string
  _meta?: JsonObject | undefined
}

/** The contents of a resource that is not text, in base64. */
export type BlobResourceContents = {
  uri: string
  mimeType?: string | undefined
  /** Base64. */
  blob: string
  _meta?: JsonObject | undefined
}

/** What reading a resource gives: text, or base64. */
export type ResourceContents = TextResourceContents | BlobResourceContents

/** The contents of a resource, included in a message. */
export type EmbeddedResource = {
  type: 'resource'
  resource: ResourceContents
  annotations?: Annotations | undefined
  _meta?: JsonObject | undefined
}

/** One piece of a tool's result or of a prompt's message. */
export type ContentBlock = TextContent | ImageContent | AudioContent | ResourceLink | EmbeddedResource
