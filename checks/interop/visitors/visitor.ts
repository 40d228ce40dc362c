import type {
  CompletionReference,
  CreateMessageParams,
  CreateMessageResult,
  ElicitFormParams,
  ElicitResult,
  ElicitUrlParams,
  JsonObject,
  LoggingLevel,
  Progress,
  Root,
} from '@parley/core'

/** Whoever sits at a client: what they answer, and what they have seen. */
export class Persona {
  /** What the user does with a form. */
  action: ElicitResult['action'] = 'accept'
  /** What the user fills in. */
  content: NonNullable<ElicitResult['content']> = { name: 'Ada', age: 36 }
  roots: Root[] = [{ uri: 'file:///srv/tour', name: 'tour' }, { uri: 'file:///srv/other' }]
  readonly forms: ElicitFormParams[] = []
  readonly visits: ElicitUrlParams[] = []
  readonly samples: CreateMessageParams[] = []
  /** What the client complained of where nobody was waiting. */
  readonly complaints: string[] = []
  readonly logs: { level: LoggingLevel; logger?: string | undefined; data: unknown }[] = []

  fill(form: ElicitFormParams): ElicitResult {
    this.forms.push(form)
    return this.action === 'accept' ? { action: 'accept', content: this.content } : { action: this.action }
  }

  open(visit: ElicitUrlParams): ElicitResult {
    this.visits.push(visit)
    return { action: this.action }
  }

  /** Calls the tool that it is offered, and otherwise repeats what a tool or a person said last. */
  think(params: CreateMessageParams): CreateMessageResult {
    this.samples.push(params)
    const last = [params.messages.at(-1)?.content ?? []].flat()[0]
    const head = { role: 'assistant', model: 'parrot-1' } as const
    if (last?.type === 'tool_result') {
      const heard = last.content.map((block) => (block.type === 'text' ? block.text : block.type)).join('')
      return { ...head, content: { type: 'text', text: `It is ${heard}` }, stopReason: 'endTurn' }
    }
    const [tool] = params.tools ?? []
    if (tool !== undefined) {
      const content = { type: 'tool_use', id: 'use-1', name: tool.name, input: { city: 'Paris' } } as const
      return { ...head, content, stopReason: 'toolUse' }
    }
    const heard = last?.type === 'text' ? last.text : ''
    return { ...head, content: { type: 'text', text: `${heard}!` }, stopReason: 'endTurn' }
  }
}

/** What a call came to. */
export type Outcome = { content: unknown[]; structured: unknown; isError: boolean }

/** What a completion came to. */
export type Suggestion = { values: string[]; total?: number | undefined; hasMore?: boolean | undefined }

/** How one call is made. */
export type VisitOptions = {
  onProgress?: (progress: Progress) => void
  signal?: AbortSignal
  /** The least severe level to hear during the call, in either era's way of saying so. */
  logLevel?: LoggingLevel
}

/** What the far side said of itself when the connection was made. */
export type Terms = {
  version: string
  era: 'legacy' | 'modern'
  server: { name: string; version: string }
  instructions: string | undefined
  capabilities: unknown
}

/** What is listened to, and what came of it. */
export type Watch = {
  /** The next change: `tools`, or the URI of the resource that was updated. */
  next: () => Promise<string>
  close: () => Promise<void>
}

/** A client of anyone's, in the words that the tour needs. */
export interface Visitor {
  readonly terms: Terms
  readonly persona: Persona
  tools(): Promise<string[]>
  call(name: string, args?: JsonObject, options?: VisitOptions): Promise<Outcome>
  /** The URIs, page by page. */
  resourcePages(): Promise<string[][]>
  templates(): Promise<string[]>
  read(uri: string): Promise<unknown[]>
  prompts(): Promise<string[]>
  prompt(name: string, args?: { [name: string]: string }): Promise<unknown[]>
  complete(
    ref: CompletionReference,
    argument: { name: string; value: string },
    context?: { [name: string]: string },
  ): Promise<Suggestion>
  ping(): Promise<void>
  watch(what: { tools?: boolean; uri?: string }): Promise<Watch>
  close(): Promise<void>
}

/** What makes the requests, where it is not the platform's own. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/** Where a server is to be had: behind a command that starts it, or at a URL. */
export type Address = { command: string; args: readonly string[] } | { url: string; fetch?: Fetch }

/** How a visitor is brought to a server. */
export type Bring = (address: Address, persona: Persona) => Promise<Visitor>

/** A queue of changes, for clients that tell of them by callback. */
export const changeQueue = (): { push: (change: string) => void; next: () => Promise<string> } => {
  const unread: string[] = []
  const waiting: ((change: string) => void)[] = []
  return {
    push(change) {
      const first = waiting.shift()
      if (first === undefined) unread.push(change)
      else first(change)
    },
    next() {
      const change = unread.shift()
      if (change !== undefined) return Promise.resolve(change)
      return new Promise((resolve) => {
        waiting.push(resolve)
      })
    },
  }
}
