import type {
  CreateMessageParams,
  CreateMessageResult,
  ElicitResult,
  InferOutput,
  Json,
  LoggingLevel,
  Principal,
  ReadResourceResult,
  Root,
  Schema,
} from '@parley/core'
import type { Call, Caller, RequestId } from '@parley/protocol/server'

/** Writes log lines to whoever made the call, in the eight levels of RFC 5424. */
export interface Log {
  /** `data` is any JSON value; `logger` names the part of the server that speaks. Never throws. */
  (level: LoggingLevel, data: unknown, logger?: string): void
  debug(data: unknown, logger?: string): void
  info(data: unknown, logger?: string): void
  notice(data: unknown, logger?: string): void
  warning(data: unknown, logger?: string): void
  error(data: unknown, logger?: string): void
  critical(data: unknown, logger?: string): void
  alert(data: unknown, logger?: string): void
  emergency(data: unknown, logger?: string): void
}

/** A form put to the user; the answer's content is typed by its schema. */
export type FormQuestion<S extends Schema> = { message: string; schema: S }
/** A page that the user is asked to visit; for everything secret (client/elicitation#url-mode). */
export type UrlQuestion = { message: string; url: string; elicitationId?: string }
/** What the user did with a form. */
export type FormAnswer<T> = { action: 'accept'; content: T } | { action: 'decline' | 'cancel'; content?: undefined }
/** How a question is put. */
export type AskName = {
  /** Names the question, for callers that answer before they are asked. @default derived from the question */
  key?: string
}

/** The contents of a resource that the server read from itself. */
export type OwnResource = ReadResourceResult & {
  /** The text of all text contents, joined. */
  text(): string
}

/**
 * What a handler knows of the call it serves, and what it can do meanwhile.
 *
 * Good for as long as the call lasts: once it has settled, asking rejects, and logging and progress do nothing.
 */
export interface Context<Lifespan = unknown> {
  /** Aborts when the caller cancelled or is gone; hand it to whatever the handler waits for. */
  readonly signal: AbortSignal
  readonly requestId: RequestId
  /** The revision the call was made in, and its era. For display: handlers need not know. */
  readonly version: string
  readonly era: 'legacy' | 'modern'
  /** Who asks, as it says of itself. */
  readonly caller: Caller
  /** Who asks, as it was verified; undefined on roads without authorization. */
  readonly auth: Principal | undefined
  /** What `lifespan` opened. */
  readonly lifespan: Lifespan
  /** The call itself, for what is not here. */
  readonly call: Call
  /** The road the call came by, such as `stdio`. */
  readonly road: string
  /** One request header, on roads that have them. */
  header(name: string): string | undefined
  /**
   * Log lines for this caller alone: in the modern era silent unless it asked for the level, in the legacy era from `info`
   * upward until it sets one.
   */
  readonly log: Log
  /**
   * Reports progress. Does nothing unless the caller asked for it; values that do not increase are dropped, and ones in
   * quick succession are coalesced, the last always sent before the result. Await it to keep pace with the caller.
   */
  progress(progress: number, total?: number, message?: string): Promise<void>
  /** Reads one of this server's own resources, with the same checks as a client's read, middleware included. */
  readResource(uri: string): Promise<OwnResource>
  /**
   * Asks the user. Throws `missingCapability` when the caller cannot. In the modern era the handler is run again from
   * the top with the answer, so put what must not happen twice into `once`.
   */
  elicit<const S extends Schema>(question: FormQuestion<S>, options?: AskName): Promise<FormAnswer<InferOutput<S>>>
  elicit(question: UrlQuestion, options?: AskName): Promise<ElicitResult>
  /** Asks the caller's model. */
  sample(params: CreateMessageParams, options?: AskName): Promise<CreateMessageResult>
  /** Asks which folders the caller works in. */
  roots(): Promise<Root[]>
  /** Runs work once per call, however often the handler is run. The result must be JSON. */
  once<T extends Json | undefined>(key: string, work: () => T | Promise<T>): Promise<T>
}
