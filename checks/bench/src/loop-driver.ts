import { once } from 'node:events'
import { portOf } from './http-driver.ts'
import type { Order, Word } from './loops/loop.ts'
import { ended, settledCpuOf, start } from './process.ts'
import type { Subprocess } from './process.ts'
import type { Opened } from './rounds.ts'

/** A program that makes calls itself when told to: a client, or both ends in one process. */
export class LoopDriver implements Opened<Order> {
  readonly #loop: Subprocess
  readonly #server: Subprocess | undefined

  private constructor(loop: Subprocess, server: Subprocess | undefined) {
    this.#loop = loop
    this.#server = server
  }

  /** Starts it with what it needs to know; with `server`, that is started first and its port comes after the other arguments. */
  static async open(
    node: string,
    program: string,
    args: readonly string[],
    server?: { readonly program: string; readonly args: readonly string[] },
  ): Promise<LoopDriver> {
    const far = server === undefined ? undefined : start(node, server.program, server.args)
    const port = far === undefined ? [] : [String(await portOf(far))]
    const driver = new LoopDriver(start(node, program, [...args, ...port], true), far)
    await driver.#word()
    return driver
  }

  async #word(): Promise<void> {
    const heard = once(this.#loop.child, 'message')
    const [word] = (await Promise.race([heard, ended(this.#loop.child)])) as [Word]
    if (word.failed !== undefined) throw new Error(word.failed)
  }

  async run(order: Order): Promise<Record<string, number>> {
    const { pid, child } = this.#loop
    const before = await settledCpuOf(pid)
    const began = performance.now()
    child.send(order)
    await this.#word()
    const elapsed = performance.now() - began
    const cpu = (await settledCpuOf(pid)) - before
    return { cpu: cpu / order.calls, rate: (order.calls / elapsed) * 1000 }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]()
    await this.#server?.[Symbol.asyncDispose]()
  }
}
