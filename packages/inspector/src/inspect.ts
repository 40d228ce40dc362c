import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Connectable } from '@parley/client'
import type { Dial } from '@parley/protocol'
import { Connection } from './connection.ts'
import { Gate } from './gate.ts'
import { Hub } from './hub.ts'
import { Jobs } from './jobs.ts'
import { Log } from './log.ts'
import type { Commands, InspectorEra, PageEvent, Snapshot } from './page/api.ts'
import { Questions } from './questions.ts'
import { tapped } from './tap.ts'
import { Transcript } from './transcript.ts'
import { answerWeb } from './web.ts'

/** What is inspected, and how it is shown. */
export type InspectorOptions = {
  /** How the server is reached; dialled anew for each reconnection and era switch. */
  readonly target: Dial | Connectable
  /** What is inspected, as shown: `server.ts`, or a URL. */
  readonly title: string
  /**
   * The command that reaches the same server from a shell, up to and with the target: `parley call server.ts` for `call`.
   *
   * The page adds the name and the arguments, quoted for a POSIX shell, for "copy as CLI call". Without it, it offers none.
   */
  readonly command?: (verb: 'call' | 'read' | 'prompt') => string
  /** @default a free one */
  readonly port?: number
  /** Which revisions may be spoken at first; the page can choose others. @default 'auto' */
  readonly era?: InspectorEra
  /** Closes the inspector when it aborts. */
  readonly signal?: AbortSignal
}

/** A page over one connection, served on this machine. Whoever made it closes it. */
export interface Inspector extends AsyncDisposable {
  /** Where the page is, with this launch's token in the fragment: whoever has it, has the server. */
  readonly url: string
  /** The program changed: connects anew. The page keeps its state, and shows what became of the tools. Never rejects. */
  reload(): Promise<void>
  /** The program is gone: shows what it said last, and its stack. The page stays; the next reload begins afresh. */
  crashed(report: string): void
  /** Shows text that the program wrote to stderr, which may end within a line. */
  stderr(chunk: string): void
  /** Closes the connection and the page's server; settles when both are gone. */
  close(): Promise<void>
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      const address = server.address()
      // It listens on a port, so its address is no name of a pipe.
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

const commandsOf = ({ command }: InspectorOptions): Commands | undefined =>
  command === undefined ? undefined : { call: command('call'), read: command('read'), prompt: command('prompt') }

/** The parts of one inspector, each telling the pages what becomes of it. */
class Inspection {
  readonly hub: Hub = new Hub()
  readonly transcript: Transcript = new Transcript((entry) => this.#send({ type: 'wire', entry }))
  readonly log: Log = new Log((line) => this.#send({ type: 'line', line }))
  readonly questions: Questions = new Questions({
    asked: (question) => this.#send({ type: 'question', question }),
    settled: (number) => this.#send({ type: 'answered', number }),
  })
  readonly connection: Connection
  readonly jobs: Jobs
  readonly #head: Pick<Snapshot, 'title' | 'commands'>

  constructor(options: InspectorOptions) {
    const commands = commandsOf(options)
    this.#head = { title: options.title, ...(commands === undefined ? {} : { commands }) }
    this.connection = new Connection({
      target: tapped(options.target, this.transcript),
      era: options.era ?? 'auto',
      questions: this.questions,
      log: this.log,
      changed: () => this.#send({ type: 'state', state: this.#state }),
      ended: () => this.jobs.end(),
      updated: (uri) => this.#send({ type: 'updated', uri, at: Date.now() }),
    })
    this.jobs = new Jobs({
      client: () => this.connection.client,
      outputSchema: (tool) => this.#state.offers.tools.find(({ name }) => name === tool)?.outputSchema,
      progress: (id, progress) => this.#send({ type: 'progress', id, progress }),
      done: (id, outcome) => this.#send({ type: 'done', id, outcome }),
    })
  }

  #send(event: PageEvent): void {
    this.hub.send(event)
  }

  get #state(): Snapshot {
    return { ...this.#head, ...this.connection.state }
  }

  /** What stands for everything that a page has missed. */
  get hello(): PageEvent {
    return {
      type: 'hello',
      state: this.#state,
      wire: this.transcript.entries,
      lines: this.log.lines,
      questions: this.questions.open,
      jobs: this.jobs.running,
    }
  }

  /** Forgets what was recorded, on every page. */
  clear(what: 'wire' | 'lines'): void {
    if (what === 'wire') this.transcript.clear()
    else this.log.clear()
    this.#send({ type: 'cleared', what })
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.connection.close()
    this.hub.close()
  }
}

/**
 * Opens a page over a server, on a port of this machine that only whoever has its URL can use.
 *
 * Settles as soon as the page is served, while the connection may still be opening: the page tells how it stands, also
 * when it fails. Rejects with Node's own error when the port cannot be had.
 *
 * @example
 * await using inspector = await inspect({ target: stdio('node', ['server.js']), title: 'server.js' })
 */
export const inspect = async (options: InspectorOptions): Promise<Inspector> => {
  const inspection = new Inspection(options)
  const { connection, questions, jobs, hub, log } = inspection
  const server = createServer()
  const port = await listen(server, options.port ?? 0).catch((error: unknown) => {
    hub.close()
    throw error
  })
  const gate = new Gate(port)
  const follow: Parameters<typeof answerWeb>[2]['follow'] = (page) => {
    if (hub.isFull) return false
    hub.add(page, inspection.hello)
    return true
  }
  const served = { gate, connection, jobs, questions, follow, clear: inspection.clear.bind(inspection) }
  server.on('request', (request, response) => void answerWeb(request, response, served))
  void connection.open()
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= shut(inspection, server))
  options.signal?.addEventListener('abort', () => void close(), { once: true })
  if (options.signal?.aborted === true) await close()
  return {
    url: `http://127.0.0.1:${port}/#token=${gate.token}`,
    reload: () => connection.open(),
    crashed: (report) => connection.crashed(report),
    stderr: (chunk) => log.stderr(chunk),
    close,
    [Symbol.asyncDispose]: close,
  }
}

const shut = async (inspection: Inspection, server: Server): Promise<void> => {
  await inspection.close()
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
