import type { LoggingMessageParams } from '@parley/core'
import type { LogLine } from './page/api.ts'
import { Ring } from './ring.ts'

const mostLines = 2000
const mostCharacters = 2_097_152
const longestLine = 16_384

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What the server logs and what its process writes to stderr, line by line: 2,000 lines, or two million characters. */
export class Log {
  readonly #lines = new Ring<LogLine>(mostLines, mostCharacters, ({ text }) => text.length)
  readonly #hear: (line: LogLine) => void
  #count = 0
  #begun = ''

  constructor(hear: (line: LogLine) => void) {
    this.#hear = hear
  }

  /** What is kept, oldest first. */
  get lines(): readonly LogLine[] {
    return this.#lines.items
  }

  /** Adds a line of the server's log. */
  log({ level, logger, data }: LoggingMessageParams): void {
    const named = logger === undefined ? { level } : { level, logger }
    this.#add({ source: 'log', text: textOf(data), ...named })
  }

  /** Adds text from stderr, which may end within a line. */
  stderr(chunk: string): void {
    const lines = (this.#begun + chunk).split('\n')
    this.#begun = lines.pop() ?? ''
    for (const line of lines) this.#add({ source: 'stderr', text: line.endsWith('\r') ? line.slice(0, -1) : line })
    if (this.#begun.length > longestLine) this.flush()
  }

  /** Adds what of a line has been written, when no more of it will come. */
  flush(): void {
    if (this.#begun !== '') this.#add({ source: 'stderr', text: this.#begun })
    this.#begun = ''
  }

  /** Adds something that went wrong on this side. */
  note(text: string): void {
    this.#add({ source: 'inspector', text })
  }

  #add(line: Omit<LogLine, 'number' | 'at'>): void {
    this.#count += 1
    const text = line.text.length > longestLine ? `${line.text.slice(0, longestLine)}…` : line.text
    const entry = { ...line, text, number: this.#count, at: Date.now() }
    this.#lines.add(entry)
    this.#hear(entry)
  }

  /** Forgets what was said. */
  clear(): void {
    this.#lines.clear()
  }
}
