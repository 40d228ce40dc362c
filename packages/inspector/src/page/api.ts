import type {
  CompletionReference,
  CreateMessageParams,
  ElicitFormParams,
  ElicitUrlParams,
  Implementation,
  JsonObject,
  LoggingLevel,
  Prompt,
  Resource,
  ResourceTemplate,
  Root,
  ServerCapabilities,
  Tool,
} from '@parley/core'

/** Which revisions the connection may speak. */
export type InspectorEra = 'auto' | 'legacy' | 'modern'

/** How the connection stands. */
export type Status =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly version: string; readonly era: 'legacy' | 'modern' }
  | { readonly kind: 'failed' | 'closed' | 'crashed'; readonly reason: string }

/** What became of the tool list when it was last read anew; names only. */
export type ToolDiff = {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

/** A resource template, with the names of its variables; none when it cannot be read. */
export type Template = ResourceTemplate & { readonly variables: readonly string[] }

/** What the server offers, as it was last listed. */
export type Offers = {
  readonly tools: readonly Tool[]
  readonly prompts: readonly Prompt[]
  readonly resources: readonly Resource[]
  readonly templates: readonly Template[]
  /** What could not be listed, and why: one sentence each. */
  readonly faults: readonly string[]
}

/** The commands that reach the same server from a shell, each up to and with the target. */
export type Commands = { readonly call: string; readonly read: string; readonly prompt: string }

/** All that the page shows of the connection, but for what streams. */
export type Snapshot = {
  readonly title: string
  readonly commands?: Commands
  readonly chosen: InspectorEra
  readonly status: Status
  readonly server?: Implementation
  readonly capabilities: ServerCapabilities
  readonly instructions?: string
  readonly offers: Offers
  /** Numbered, so that a page can tell a new one. */
  readonly diff?: ToolDiff & { readonly number: number }
  readonly level?: LoggingLevel
  readonly roots: readonly Root[]
  readonly watched: readonly string[]
}

/** One JSON-RPC message, as it went over the wire. */
export type WireEntry = {
  readonly number: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly direction: 'out' | 'in'
  readonly kind: 'request' | 'notification' | 'result' | 'error' | 'remark'
  /** Absent of a remark. A response has its request's. */
  readonly method?: string
  /** The tool, prompt or resource that it is about. */
  readonly about?: string
  readonly id?: string | number
  readonly era: 'legacy' | 'modern'
  /** Of a response: how long its request took. */
  readonly milliseconds?: number
  /** Of a modern call that takes several rounds: which one this is, counted from 1. */
  readonly round?: number
  /** Characters of the whole JSON text. */
  readonly size: number
  /** The JSON text; of a remark, what happened. */
  readonly text: string
  /** Whether the text was too long to keep whole. */
  readonly isCut?: boolean
}

/** One line of what the server logs, or of what its process writes to stderr. */
export type LogLine = {
  readonly number: number
  readonly at: number
  readonly source: 'log' | 'stderr' | 'inspector'
  readonly level?: LoggingLevel
  readonly logger?: string
  readonly text: string
}

/** What a server asks in the middle of a call. */
export type Question =
  | { readonly number: number; readonly kind: 'form'; readonly params: ElicitFormParams }
  | { readonly number: number; readonly kind: 'url'; readonly params: ElicitUrlParams; readonly host: string }
  | { readonly number: number; readonly kind: 'sampling'; readonly params: CreateMessageParams }

/** Something that the page has done on the connection. */
export type Job =
  | { readonly kind: 'tool'; readonly name: string; readonly arguments: JsonObject }
  | { readonly kind: 'prompt'; readonly name: string; readonly arguments: { readonly [name: string]: string } }
  | { readonly kind: 'read'; readonly uri: string }
  /** Reads what a template makes of some values; the result tells the `uri` beside the `contents`. */
  | { readonly kind: 'expand'; readonly template: string; readonly values: { readonly [name: string]: string } }
  | {
      readonly kind: 'complete'
      readonly ref: CompletionReference
      readonly argument: { readonly name: string; readonly value: string }
      readonly context: { readonly [name: string]: string }
    }
  | { readonly kind: 'ping' }

/** How a job ended. */
export type JobOutcome =
  | {
      readonly ok: true
      readonly result: JsonObject
      readonly milliseconds: number
      /** What is wrong with the result, where it is not what the server promised. */
      readonly fault?: string
    }
  | {
      readonly ok: false
      readonly message: string
      readonly code?: number
      readonly data?: unknown
      readonly isCancelled: boolean
      readonly milliseconds: number
    }

/** How far a job has come. */
export type JobProgress = { readonly progress: number; readonly total?: number; readonly message?: string }

/** What the process tells the page, in order. `hello` is the first on each stream and stands for all before it. */
export type PageEvent =
  | {
      readonly type: 'hello'
      readonly state: Snapshot
      readonly wire: readonly WireEntry[]
      readonly lines: readonly LogLine[]
      readonly questions: readonly Question[]
      readonly jobs: readonly string[]
    }
  | { readonly type: 'state'; readonly state: Snapshot }
  | { readonly type: 'wire'; readonly entry: WireEntry }
  | { readonly type: 'line'; readonly line: LogLine }
  | { readonly type: 'progress'; readonly id: string; readonly progress: JobProgress }
  | { readonly type: 'done'; readonly id: string; readonly outcome: JobOutcome }
  | { readonly type: 'question'; readonly question: Question }
  | { readonly type: 'answered'; readonly number: number }
  | { readonly type: 'updated'; readonly uri: string; readonly at: number }
  | { readonly type: 'cleared'; readonly what: 'wire' | 'lines' }
