import { createInterface } from 'node:readline'
import type { Subject } from './measure.ts'
import { callText, checkAnswer, discover, envelope, initialize, initialized, legacy, readAnswer } from './messages.ts'
import type { Version } from './messages.ts'
import { ended, settledCpuOf, start } from './process.ts'
import type { Subprocess } from './process.ts'
import type { Contender, Opened } from './rounds.ts'

/** What a server with so many tools is asked, over and over. */
export type ManyLoad = { readonly tools: number; readonly kind: 'list' | 'call'; readonly times: number }

/** One server with so many tools. */
class Crowd {
  readonly #server: Subprocess
  readonly #version: Version
  readonly #lines: AsyncIterator<string>
  readonly #dead: Promise<never>
  readonly tools: number
  #ids = 1

  constructor(node: string, program: string, tools: number, version: Version) {
    this.#server = start(node, program, [String(tools)])
    this.#version = version
    this.tools = tools
    this.#lines = createInterface({ input: this.#server.stdout })[Symbol.asyncIterator]()
    this.#dead = ended(this.#server.child)
  }

  async #line(): Promise<string> {
    const { value } = await Promise.race([this.#lines.next(), this.#dead])
    return String(value)
  }

  async greet(): Promise<void> {
    this.#server.stdin.write(`${this.#version === legacy ? initialize : discover}\n`)
    const answer = await this.#line()
    if (readAnswer(answer).result === undefined) throw new Error(`Refused: ${answer.slice(0, 80)}`)
    if (this.#version === legacy) this.#server.stdin.write(`${initialized}\n`)
  }

  #listText(id: number): string {
    const params = this.#version === legacy ? {} : { _meta: envelope }
    return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/list', params })
  }

  /** Lists so many times, one after the other; the last answer must hold every tool. */
  async list(times: number): Promise<void> {
    let last = ''
    for (let turn = 0; turn < times; turn++) {
      this.#server.stdin.write(`${this.#listText(this.#ids++)}\n`)
      last = await this.#line()
    }
    const { result } = JSON.parse(last) as { result?: { tools: unknown[]; nextCursor?: string } }
    if (result?.tools.length === this.tools && result.nextCursor === undefined) return
    throw new Error(`A list of ${this.tools} was answered with ${last.slice(0, 200)}`)
  }

  /**
   * Calls so many times, at most 64 at once, the same three tools of however many.
   *
   * What it takes to run many different schemas is their library's own.
   */
  async call(times: number): Promise<void> {
    for (let done = 0; done < times;) {
      const batch = Math.min(64, times - done)
      let text = ''
      for (let one = 0; one < batch; one++) {
        const name = `tool_${Math.floor(((one % 3) * (this.tools - 1)) / 2)}`
        text += `${callText(this.#version, this.#ids++, { name, arguments: { a: 2, b: 3 }, expected: '5' })}\n`
      }
      this.#server.stdin.write(text)
      for (let one = 0; one < batch; one++) checkAnswer(readAnswer(await this.#line()), '5')
      done += batch
    }
  }

  async run({ kind, times }: ManyLoad): Promise<Record<string, number>> {
    const { pid } = this.#server
    const before = await settledCpuOf(pid)
    const began = performance.now()
    await (kind === 'list' ? this.list(times) : this.call(times))
    const wall = performance.now() - began
    return { cpu: ((await settledCpuOf(pid)) - before) / times, wall: wall / times }
  }

  async close(): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
  }
}

/** The same server with each number of tools, side by side. The first list of each is timed when it is opened. */
const openAll = async (node: string, program: string, counts: readonly number[], version: Version): Promise<Crowds> => {
  const crowds = new Map<number, Crowd>()
  const first = new Map<number, number>()
  for (const count of counts) {
    const crowd = new Crowd(node, program, count, version)
    crowds.set(count, crowd)
    await crowd.greet()
    const began = performance.now()
    await crowd.list(1)
    first.set(count, performance.now() - began)
  }
  return { crowds, first }
}

type Crowds = { readonly crowds: ReadonlyMap<number, Crowd>; readonly first: ReadonlyMap<number, number> }

/** A server program as one that takes part, with all numbers of tools at once. */
export const manyContender = (
  node: string,
  [program, subject]: readonly [program: string, subject: Subject],
  counts: readonly number[],
  version: Version,
): Contender<ManyLoad> => ({
  subject,
  async open(): Promise<Opened<ManyLoad>> {
    const { crowds, first } = await openAll(node, `servers/many-${program}`, counts, version)
    return {
      async run(load) {
        const crowd = crowds.get(load.tools)
        if (crowd === undefined) throw new Error(`Nobody has ${load.tools} tools`)
        return { ...(await crowd.run(load)), first: first.get(load.tools) ?? Number.NaN }
      },
      async [Symbol.asyncDispose]() {
        for (const crowd of crowds.values()) await crowd.close()
      },
    }
  },
})
