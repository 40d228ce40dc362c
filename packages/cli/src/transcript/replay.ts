import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { Abbreviations, writeTranscript } from '@parley/testing/transcripts'
import type { Transcript, TranscriptPart } from '@parley/testing/transcripts'
import { exitCodes, Failure } from '../failure.ts'
import type { FarSide } from './far-side.ts'
import { parsed } from './notation.ts'

/** How a transcript is replayed. */
export type ReplayOptions = {
  /** What is spoken where a line leaves that out. */
  readonly revision: string
  /** Whether what comes is written down instead of compared. @default false */
  readonly update?: boolean
  /** Milliseconds to wait for a message that does not come. @default 10_000 */
  readonly patience?: number
}

/** What a transcript came to: its text as it turned out, and how many messages were not what it says. */
export type Replayed = { readonly text: string; readonly differences: number }

/** The ids of the requests in a text that goes out. */
const asked = (text: string): unknown[] => {
  const value = parsed(text)
  const messages: unknown[] = Array.isArray(value) ? value : [value]
  return messages.flatMap((each) => (isObject(each) && 'method' in each && 'id' in each ? [each['id']] : []))
}

/** Plays a transcript's lines to a server in a process of its own, and holds what comes against them. */
export class Replay {
  readonly #transcript: Transcript
  readonly #lines: Abbreviations
  readonly #far: Pick<FarSide, 'send'>
  readonly #update: boolean
  readonly #patience: number
  readonly #arrived: JsonObject[] = []
  readonly #unanswered = new Set<unknown>()
  readonly #played: TranscriptPart[] = []
  #differences = 0
  #isGone = false
  #wake: (() => void) | undefined

  constructor(transcript: Transcript, far: Pick<FarSide, 'send' | 'gone'>, options: ReplayOptions) {
    this.#transcript = transcript
    this.#lines = new Abbreviations(transcript, options.revision)
    this.#far = far
    this.#update = options.update ?? false
    this.#patience = options.patience ?? 10_000
    const gone = (): void => {
      this.#isGone = true
      this.#wake?.()
    }
    far.gone.then(gone, gone)
  }

  /** Takes a message from the server. */
  take(message: JsonObject): void {
    if (message['method'] === undefined) this.#unanswered.delete(message['id'])
    this.#arrived.push(message)
    this.#wake?.()
  }

  async run(): Promise<Replayed> {
    if (!this.#lines.modern && this.#transcript.handshake) await this.#open()
    const { parts } = this.#transcript
    for (const [index, part] of parts.entries()) {
      if (part.kind === 'received') {
        if (!this.#update) await this.#expect(part)
        continue
      }
      this.#played.push(part)
      if (part.kind === 'prose') continue
      if (this.#isGone) throw new Failure('The server went away before the transcript ended.', exitCodes.connection)
      this.#send(part.text)
      if (this.#update && parts[index + 1]?.kind !== 'sent') await this.#writeDown()
    }
    for (const message of this.#arrived.splice(0)) this.#differ(this.#lines.incoming(message, undefined))
    return { text: writeTranscript(this.#played), differences: this.#differences }
  }

  async #open(): Promise<void> {
    this.#send('{"id":"handshake","method":"initialize"}')
    await this.#wait(() => this.#arrived.length > 0 || this.#isGone)
    this.#lines.incoming(this.#arrived.shift(), undefined)
    this.#send('{"jsonrpc":"2.0","method":"notifications/initialized"}')
  }

  #send(line: string): void {
    const text = this.#lines.outgoing(line)
    for (const id of asked(text)) this.#unanswered.add(id)
    this.#far.send(text)
  }

  async #wait(isOver: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(this.#patience)
    while (!isOver() && !late.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        late.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }

  async #expect(part: TranscriptPart & { kind: 'received' | 'sent' }): Promise<void> {
    await this.#wait(() => this.#arrived.length > 0 || this.#isGone)
    const message = this.#arrived.shift()
    if (message === undefined) {
      this.#differences += 1
      return
    }
    const spelled = parsed(part.text)
    const shown = this.#lines.incoming(message, spelled)
    if (this.#lines.holds(spelled, shown)) this.#played.push(part)
    else this.#differ(shown)
  }

  #differ(shown: unknown): void {
    this.#differences += 1
    this.#played.push(this.#lines.written(shown))
  }

  async #writeDown(): Promise<void> {
    await this.#wait(
      () =>
        this.#unanswered.size === 0 ||
        this.#isGone ||
        this.#arrived.some((each) => each['method'] !== undefined && each['id'] !== undefined),
    )
    for (const message of this.#arrived.splice(0))
      this.#played.push(this.#lines.written(this.#lines.incoming(message, undefined)))
  }
}
