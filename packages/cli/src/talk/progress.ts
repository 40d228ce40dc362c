import type { Progress } from '@parley/core'

const width = 24

const bar = ({ progress, total }: Progress): string => {
  if (total === undefined || total <= 0) return String(progress)
  const done = Math.max(0, Math.min(1, progress / total))
  const filled = Math.round(done * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${Math.round(done * 100)} %`
}

/** How far a call has come, on one line of a terminal that is written anew; nothing anywhere else. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  #shown = ''

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream
  }

  show(progress: Progress): void {
    if (!this.#stream.isTTY) return
    const room = (this.#stream.columns || 80) - 1
    this.#shown = `${bar(progress)} ${progress.message ?? ''}`.replaceAll(/\p{Control}/gu, ' ').slice(0, room)
    this.#stream.write(`\r\u001b[K${this.#shown}`)
  }

  /** Writes something else above the line. */
  above(text: string): void {
    if (this.#shown === '') this.#stream.write(text)
    else this.#stream.write(`\r\u001b[K${text}${text.endsWith('\n') ? '' : '\n'}${this.#shown}`)
  }

  clear(): void {
    if (this.#shown !== '') this.#stream.write('\r\u001b[K')
    this.#shown = ''
  }
}
