import { compileLater, ConnectionClosed, describeIssues, RpcError, UriTemplate } from '@parley/core'
import type { JsonObject, Progress } from '@parley/core'
import type { Client } from '@parley/client'
import { reasonOf } from './offers.ts'
import type { Job, JobOutcome, JobProgress } from './page/api.ts'

const mostJobs = 100
const cancelled = new Error('Cancelled in the inspector.')

/** Who the jobs are done for. */
export type JobsOptions = {
  /** The client, while there is a connection. */
  readonly client: () => Client | undefined
  /** What a tool says its structured result looks like. */
  readonly outputSchema: (tool: string) => JsonObject | undefined
  readonly progress: (id: string, progress: JobProgress) => void
  readonly done: (id: string, outcome: JobOutcome) => void
}

const failed = (error: unknown, isCancelled: boolean, milliseconds: number): JobOutcome => ({
  ok: false,
  message: isCancelled ? 'Cancelled.' : reasonOf(error),
  ...(error instanceof RpcError ? { code: error.code, data: error.data } : {}),
  isCancelled,
  milliseconds,
})

type Made = { readonly result: JsonObject; readonly fault?: string }

/** What the page has under way on the connection. */
export class Jobs {
  readonly #options: JobsOptions
  readonly #running = new Map<string, AbortController>()

  constructor(options: JobsOptions) {
    this.#options = options
  }

  /** The ids of what is under way. */
  get running(): readonly string[] {
    return [...this.#running.keys()]
  }

  /** Begins a job under an id of the page's choice; a string says why not. */
  start(id: string, job: Job): string | undefined {
    const client = this.#options.client()
    if (client === undefined) return 'There is no connection; reconnect first.'
    if (this.#running.has(id)) return 'A job of this id is under way.'
    if (this.#running.size >= mostJobs) return `No more than ${mostJobs} jobs can be under way at once; cancel some.`
    const controller = new AbortController()
    this.#running.set(id, controller)
    void this.#run(id, job, client, controller.signal)
    return undefined
  }

  async #run(id: string, job: Job, client: Client, signal: AbortSignal): Promise<void> {
    const start = performance.now()
    let outcome: JobOutcome
    try {
      const made = await this.#made(id, job, client, signal)
      outcome = { ok: true, milliseconds: performance.now() - start, ...made }
    } catch (error) {
      outcome = failed(error, signal.reason === cancelled, performance.now() - start)
    }
    this.#running.delete(id)
    this.#options.done(id, outcome)
  }

  async #made(id: string, job: Job, client: Client, signal: AbortSignal): Promise<Made> {
    const onProgress = (progress: Progress): void => this.#options.progress(id, progress)
    switch (job.kind) {
      case 'tool':
        return this.#checked(job.name, await client.callTool(job.name, job.arguments, { signal, onProgress }))
      case 'prompt':
        return { result: await client.getPrompt(job.name, { ...job.arguments }, { signal, onProgress }) }
      case 'read':
      case 'expand': {
        const uri = job.kind === 'read' ? job.uri : new UriTemplate(job.template).expand(job.values)
        const { contents, meta } = await client.readResource(uri, { signal, onProgress })
        return { result: { uri, contents, ...(meta === undefined ? {} : { _meta: meta }) } }
      }
      case 'complete':
        return { result: await client.complete(job.ref, job.argument, { ...job.context }, { signal }) }
      case 'ping':
        await client.ping({ signal })
        return { result: {} }
    }
  }

  /** A tool's outcome in the words of the wire, held against what the tool promised. */
  async #checked(name: string, outcome: Awaited<ReturnType<Client['callTool']>>): Promise<Made> {
    const { content, structured, isError, meta } = outcome
    const result = {
      content,
      ...(structured === undefined ? {} : { structuredContent: structured }),
      ...(isError ? { isError } : {}),
      ...(meta === undefined ? {} : { _meta: meta }),
    }
    const schema = isError ? undefined : this.#options.outputSchema(name)
    const fault = schema === undefined ? undefined : await outputFault(schema, structured)
    return fault === undefined ? { result } : { result, fault }
  }

  /** Cancels a job; nothing happens when it is over. */
  cancel(id: string): void {
    this.#running.get(id)?.abort(cancelled)
  }

  /** Ends everything, for the connection is gone; a question that a person has been asked meanwhile is withdrawn. */
  end(): void {
    for (const controller of this.#running.values()) controller.abort(new ConnectionClosed('The connection ended.'))
  }
}

const outputFault = async (schema: JsonObject, structured: unknown): Promise<string | undefined> => {
  if (structured === undefined) return 'The tool has an output schema, but its result has no structuredContent.'
  try {
    const checked = await compileLater(schema)(structured)
    return checked.ok
      ? undefined
      : `structuredContent does not fit the output schema: ${describeIssues(checked.issues)}`
  } catch (error) {
    return `The output schema cannot be used: ${reasonOf(error)}`
  }
}
