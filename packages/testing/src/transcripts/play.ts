import { Peer } from '@parley/protocol'
import type { Responder } from '@parley/protocol'
import { Abbreviations, parsed } from './abbreviations.ts'
import type { Part, Transcript } from './transcript.ts'
import { turns, Wire } from './wire.ts'

/** How a transcript is played. */
export type PlayOptions = {
  /** The folder that it lies in. */
  revision: string
  /** Whether what the server sends is to be written down; else the transcript says how much there is to wait for. */
  recording: boolean
  /** Milliseconds to wait for a line that does not come. @default 2_000 */
  patience?: number
  /** Milliseconds without a word, while something is being served, after which recording goes on. @default 600 */
  silence?: number
}

class Play {
  readonly #wire = new Wire()
  readonly #peer: Peer
  readonly #transcript: Transcript
  readonly #lines: Abbreviations
  readonly #options: Required<PlayOptions>
  readonly #played: Part[] = []
  #serving = 0

  constructor(transcript: Transcript, server: Responder, options: PlayOptions) {
    this.#transcript = transcript
    this.#lines = new Abbreviations(transcript, options.revision)
    this.#options = { patience: 2000, silence: 600, ...options }
    this.#peer = new Peer(this.#wire, this.#counted(server), { origin: { road: 'transcript' } })
  }

  #counted(server: Responder): Responder {
    return {
      respond: async (exchange) => {
        this.#serving += 1
        try {
          return await server.respond(exchange)
        } finally {
          this.#serving -= 1
        }
      },
      hear: (notification, session) => server.hear(notification, session),
    }
  }

  async run(): Promise<Part[]> {
    if (!this.#lines.modern && this.#transcript.handshake) await this.#open()
    const { parts } = this.#transcript
    let at = 0
    while (at < parts.length) at = await this.#step(at)
    await turns(10)
    await this.#peer[Symbol.asyncDispose]()
    this.#listen([])
    return this.#played
  }

  async #open(): Promise<void> {
    this.#wire.deliver(this.#lines.outgoing('{"id":"handshake","method":"initialize"}'))
    await this.#arrivals(1)
    this.#lines.incoming(JSON.parse(this.#wire.out.shift() ?? 'null'), undefined)
    this.#wire.deliver('{"jsonrpc":"2.0","method":"notifications/initialized"}')
    await turns(2)
  }

  /** Plays one line that is sent or prose, or all the lines that are received after one another. */
  async #step(from: number): Promise<number> {
    const { parts } = this.#transcript
    const part = parts[from]
    if (part === undefined) return from + 1
    if (part.kind === 'prose') this.#played.push(part)
    if (part.kind === 'sent') {
      this.#played.push(part)
      this.#wire.deliver(this.#lines.outgoing(part.text))
    }
    let to = part.kind === 'received' ? from : from + 1
    const expected: Part[] = []
    for (let next = parts[to]; next?.kind === 'received'; next = parts[++to]) expected.push(next)
    if (part.kind === 'prose' && expected.length === 0) return to
    await this.#arrivals(expected.length)
    this.#listen(expected)
    return to
  }

  async #arrivals(count: number): Promise<void> {
    await turns(5)
    const { out } = this.#wire
    let [size, since] = [out.length, performance.now()]
    const isOver = (): boolean => {
      const waited = performance.now() - since
      const { recording, patience, silence } = this.#options
      if (!recording) return out.length >= count || waited > patience
      return waited > (this.#serving === 0 ? 0 : silence)
    }
    while (!isOver()) {
      await turns(10)
      if (out.length > size) [size, since] = [out.length, performance.now()]
    }
  }

  /** Writes down what has come, in the words of the lines expected where they are true. */
  #listen(expected: readonly Part[]): void {
    const arrived = this.#wire.out.splice(0)
    for (const [index, text] of arrived.entries()) this.#played.push(this.#received(JSON.parse(text), expected[index]))
  }

  #received(actual: unknown, expected: Part | undefined): Part {
    const spelled = expected?.kind === 'received' ? parsed(expected.text) : undefined
    const shown = this.#lines.incoming(actual, spelled)
    return expected !== undefined && this.#lines.holds(spelled, shown) ? expected : this.#lines.written(shown)
  }
}

/** Plays a transcript to a server, and gives it as it turned out. */
export const play = (transcript: Transcript, server: Responder, options: PlayOptions): Promise<Part[]> =>
  new Play(transcript, server, options).run()
