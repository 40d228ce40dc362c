import type { JsonObject } from '@parley/core'
import { exitCodes, Failure } from '../failure.ts'
import type { FarSide } from './far-side.ts'
import { concealed, filledIn, isLike } from './likeness.ts'
import type { Meanings } from './likeness.ts'
import { writeLine } from './notation.ts'
import type { Message, Part } from './notation.ts'

/** How a transcript is replayed. */
export type ReplayOptions = {
  /** Whether what comes is written down instead of compared. @default false */
  readonly update?: boolean
  /** Milliseconds to wait for a message that does not come. @default 10_000 */
  readonly patience?: number
}

/** What a transcript came to: its text as it turned out, and how many messages were not what it says. */
export type Replayed = { readonly text: string; readonly differences: number }

/** Plays a transcript's lines to a server and holds what comes against them. */
export class Replay {
  readonly #meanings: Meanings = new Map()
  readonly #arrived: JsonObject[] = []
  readonly #unanswered = new Set<unknown>()
  readonly #options: Required<ReplayOptions>
  readonly #lines: string[] = []
  #differences = 0
  #wake: (() => void) | undefined

  constructor(options: ReplayOptions = {}) {
    this.#options = { update: false, patience: 10_000, ...options }
  }

  /** Takes a message from the server. */
  take(message: JsonObject): void {
    if (message['method'] === undefined) this.#unanswered.delete(message['id'])
    this.#arrived.push(message)
    this.#wake?.()
  }

  async run(parts: readonly Part[], far: Pick<FarSide, 'send' | 'gone'>): Promise<Replayed> {
    let isGone = false
    void far.gone.finally(() => {
      isGone = true
      this.#wake?.()
    })
    for (const [index, part] of parts.entries()) {
      if (part.kind === 'received') {
        if (!this.#options.update) await this.#expect(part, () => isGone)
        continue
      }
      this.#lines.push(part.source)
      if (part.kind === 'prose') continue
      if (isGone) throw new Failure('The server went away before the transcript ended.', exitCodes.connection)
      this.#send(part.message, far)
      if (this.#options.update && parts[index + 1]?.kind !== 'sent') await this.#writeDown(() => isGone)
    }
    for (const message of this.#arrived.splice(0)) this.#differ(message)
    return { text: this.#lines.join('\n'), differences: this.#differences }
  }

  #send(message: JsonObject, far: Pick<FarSide, 'send'>): void {
    const { id, method } = message
    if (method !== undefined && id !== undefined) this.#unanswered.add(id)
    far.send(filledIn(message, this.#meanings))
  }

  async #wait(isOver: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(this.#options.patience)
    while (!isOver() && !late.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        late.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }

  async #expect({ message: expected, source }: Message, isGone: () => boolean): Promise<void> {
    await this.#wait(() => this.#arrived.length > 0 || isGone())
    const message = this.#arrived.shift()
    if (message !== undefined && isLike(expected, message, this.#meanings)) this.#lines.push(source)
    else if (message === undefined) this.#differences += 1
    else this.#differ(message)
  }

  #differ(message: JsonObject): void {
    this.#differences += 1
    this.#lines.push(writeLine('received', concealed(message, this.#meanings)))
  }

  async #writeDown(isGone: () => boolean): Promise<void> {
    await this.#wait(
      () =>
        this.#unanswered.size === 0 ||
        isGone() ||
        this.#arrived.some((each) => each['method'] !== undefined && each['id'] !== undefined),
    )
    for (const message of this.#arrived.splice(0))
      this.#lines.push(writeLine('received', concealed(message, this.#meanings)))
  }
}
