import { extensionIdFault } from '@parley/core'
import type {
  ClientCapabilities,
  CreateMessageParams,
  CreateMessageResult,
  ElicitFormParams,
  ElicitResult,
  ElicitUrlParams,
  Implementation,
  JsonObject,
  LoggingLevel,
  LoggingMessageParams,
  Progress,
  Root,
  SchemaValidator,
} from '@parley/core'
import type { ClientSelf, Dial } from '@parley/protocol'

/** What a callback knows of the question that it answers. */
export type AskContext = {
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /** Who asks, by its own word: to be shown to the user, never trusted (I4, B11). */
  readonly server: Implementation | undefined
  /** The call that cannot go on without the answer; undefined where a legacy server asks, for it does not say. */
  readonly call: AskingCall | undefined
}

/** A call that a question came up in. */
export type AskingCall = {
  readonly method: string
  /** The very object that the call was made with. */
  readonly params: JsonObject
}

/** What the callback for URLs knows beside that. */
export type UrlAskContext = AskContext & {
  /**
   * The URL's host as it reads, with punycode decoded: show it beside the full URL (I5).
   *
   * Where it differs from the URL's own host there are letters in it that may look like others: warn.
   */
  readonly host: string
}

/** What the server may work in: a list, or a function that is asked each time. */
export type RootsSource = readonly Root[] | ((context: AskContext) => readonly Root[] | Promise<readonly Root[]>)

/** What answers the server's questions. A capability is declared by giving its callback. */
export type Callbacks = {
  /** Puts a form to the user. Declares `elicitation.form`. */
  onElicit?: ((form: ElicitFormParams, context: AskContext) => ElicitResult | Promise<ElicitResult>) | undefined
  /**
   * Asks the user to consent to opening a URL, and opens it. Declares `elicitation.url`.
   *
   * Accepting means consent, not that anything was done there (I8). The library itself never opens nor fetches it.
   */
  onElicitUrl?:
    | ((question: ElicitUrlParams, context: UrlAskContext) => ElicitResult | Promise<ElicitResult>)
    | undefined
  /** Hears that what was asked at a URL is done; only the last legacy revision says so. */
  onElicitComplete?: ((elicitationId: string) => unknown) | undefined
  /** Puts a conversation to a model, with the user's approval. Declares `sampling`. Throw `userRefused()` for a no. */
  onSample?:
    | ((params: CreateMessageParams, context: AskContext) => CreateMessageResult | Promise<CreateMessageResult>)
    | undefined
  /** Whether `onSample` takes tools. Declares `sampling.tools`. @default false */
  sampleTools?: boolean | undefined
  /** Whether `onSample` honours `includeContext`. Declares `sampling.context`. @default false */
  sampleContext?: boolean | undefined
  /** What the server may work in, as `file:` URIs. Declares `roots`. */
  roots?: RootsSource | undefined
}

/** How a client connects, and what it does with what the server sends. `name` and `version` are its own. */
export type ClientOptions = Implementation &
  Callbacks & {
    /** What is declared beside the callbacks' own capabilities. */
    capabilities?: Pick<ClientCapabilities, 'extensions' | 'experimental'> | undefined
    /** Hears the server's log lines that belong to no call with its own `onLog`. */
    onLog?: ((line: LoggingMessageParams) => unknown) | undefined
    /** The least severe level to hear. @default whatever a legacy server chooses; nothing from a modern one */
    logLevel?: LoggingLevel | undefined
    /** Hears every notification that belongs to no request in flight, custom ones included. */
    onNotification?: ((method: string, params: JsonObject) => unknown) | undefined
    /** Hears what goes wrong where nobody waits, such as an error that one of the callbacks threw. @default console.error */
    onError?: ((error: unknown) => void) | undefined
    /** Gives up connecting. */
    signal?: AbortSignal | undefined
    /** Milliseconds that each request waits without a sign of life. @default 60_000 */
    timeout?: number | undefined
    /** Milliseconds that each call may take, with all its rounds of input. @default 600_000 */
    maxTimeout?: number | undefined
    /** Rounds of input that one call may take. @default 10 */
    maxRounds?: number | undefined
    /** Pages that one listing follows. @default 1000 */
    maxPages?: number | undefined
    /** Characters of JSON text that the pages of one listing may have together. @default 67_108_864 */
    maxListSize?: number | undefined
    /** Milliseconds after which a silent server is taken for a legacy one; slow starters need some. @default 10_000 */
    probeTimeout?: number | undefined
    /** The revisions that may be spoken. @default all */
    versions?: readonly string[] | undefined
    /** What interprets JSON Schema. @default ajv, loaded when first needed */
    validator?: SchemaValidator | undefined
    /**
     * When structured results are checked against their tool's output schema: when the tool has been listed, always
     * (listing it first), or never. @default 'known'
     */
    validate?: 'known' | 'always' | 'never' | undefined
    /**
     * Whether a result that is slightly wrong is refused. Otherwise null counts as absent, and a list is read without its
     * broken items, which `onError` hears of. @default false
     */
    strict?: boolean | undefined
    /** Whether results are kept for as long as the server says they are fresh. @default true */
    cache?: boolean | undefined
  }

/** How one call is made. */
export type CallOptions = {
  /** Cancels the call, which then rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Milliseconds without a sign of life; progress starts them anew. `Infinity` waits for ever. @default the client's */
  timeout?: number | undefined
  /** Milliseconds that the call may take in all. @default the client's */
  maxTimeout?: number | undefined
  /** Hears how far the call has come. Giving it asks for that. */
  onProgress?: ((progress: Progress) => unknown) | undefined
  /** The least severe level to hear during this call; modern only. @default the client's */
  logLevel?: LoggingLevel | undefined
  /** Hears the log lines of this call, on roads that can tell; a pipe cannot, and there the client's `onLog` does. */
  onLog?: ((line: LoggingMessageParams) => unknown) | undefined
  /** Extra `_meta` keys for the request. */
  meta?: JsonObject | undefined
  /** Whether a result kept from before may serve. @default true */
  cache?: boolean | undefined
}

/** What a failed probe tells of the far side: its era, that it went away without a word, or nothing. */
export type Verdict = 'modern' | 'legacy' | 'gone' | 'none'

/** Where to connect to, for roads that know more than how to dial. */
export interface Connectable {
  readonly dial: Dial
  /**
   * Reads the error that `server/discover` met. With `none` that error is thrown as it is; with `gone` the server is
   * dialled once more, and taken for a legacy one.
   *
   * @default a pipe's rules: -32022 and -32021 are modern; any other answer, and silence, is legacy; an end is gone
   */
  verdict?(error: unknown): Verdict
}

const infoOf = (options: ClientOptions): Implementation => {
  const { name, version, title, description, websiteUrl, icons } = options
  const info: Implementation = { name, version }
  if (title !== undefined) info.title = title
  if (description !== undefined) info.description = description
  if (websiteUrl !== undefined) info.websiteUrl = websiteUrl
  if (icons !== undefined) info.icons = icons
  return info
}

/** What the client says of itself in one era: its info, and the capabilities that its callbacks amount to. */
export const selfOf = (options: ClientOptions, era: 'legacy' | 'modern'): ClientSelf => {
  const capabilities: ClientCapabilities = { ...options.capabilities }
  for (const id of Object.keys(capabilities.extensions ?? {})) {
    const fault = extensionIdFault(id)
    if (fault !== undefined) throw new TypeError(`capabilities.extensions: ${fault}`)
  }
  const { onElicit, onElicitUrl, onSample, sampleTools, roots } = options
  if (onElicit !== undefined || onElicitUrl !== undefined) {
    capabilities.elicitation = {
      ...(onElicit === undefined ? {} : { form: {} }),
      ...(onElicitUrl === undefined ? {} : { url: {} }),
    }
  }
  if (onSample !== undefined) {
    capabilities.sampling = {
      ...(sampleTools === true ? { tools: {} } : {}),
      ...(options.sampleContext === true ? { context: {} } : {}),
    }
  }
  if (roots !== undefined) capabilities.roots = era === 'legacy' ? { listChanged: true } : {}
  return { info: infoOf(options), capabilities }
}
