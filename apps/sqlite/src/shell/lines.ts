import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** Where a person types and reads, or a script does in their place. */
export type Terminal = {
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Writable & { readonly isTTY?: boolean }
  /** Where it is said what went wrong. */
  readonly errors: Writable
}

/** What is typed, line by line. Several who ask get a line each, in the order in which they asked. */
export class Lines implements Disposable {
  readonly #readline: Interface
  readonly #typed: string[] = []
  readonly #waiting: ((line: string | undefined) => void)[] = []
  #over = false

  /** `onInterrupt` is called for Ctrl-C. */
  constructor({ input, output }: Pick<Terminal, 'input' | 'output'>, onInterrupt: () => void) {
    // Without a terminal there is nobody to show a prompt to, or to edit a line.
    const terminal = input.isTTY === true && output.isTTY === true
    this.#readline = createInterface({ input, output: terminal ? output : undefined, terminal, historySize: 500 })
    this.#readline.on('line', (line) => this.#take(line))
    this.#readline.on('close', () => this.#end())
    this.#readline.on('SIGINT', () => {
      // What was being typed is dropped, as a shell does. While nobody waits, no prompt is shown that could be drawn anew.
      if (this.#waiting.length > 0) {
        this.#readline.write(null, { ctrl: true, name: 'e' })
        this.#readline.write(null, { ctrl: true, name: 'u' })
        output.write('^C\n')
      }
      onInterrupt()
    })
    // So it is when a terminal's window was closed.
    this.#readline.on('error', () => this.#end())
    // A pipe breaks when its reader has seen enough: then nobody is there to type for.
    output.on('error', () => this.#readline.close())
  }

  /** The next line; undefined after the last. */
  next(prompt: string): Promise<string | undefined> {
    const line = this.#typed.shift()
    if (line !== undefined || this.#over) return Promise.resolve(line)
    this.#readline.setPrompt(prompt)
    this.#readline.prompt(true)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Gives an empty line to all who wait. */
  skip(): void {
    for (const waiting of this.#waiting.splice(0)) waiting('')
  }

  #take(line: string): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#typed.push(line)
    else waiting(line)
  }

  #end(): void {
    this.#over = true
    for (const waiting of this.#waiting.splice(0)) waiting(undefined)
  }

  [Symbol.dispose](): void {
    this.#readline.close()
  }
}
