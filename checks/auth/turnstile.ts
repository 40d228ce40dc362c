import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

type Gate = { readonly passed: Promise<void>; pass(): void }

const gate = (): Gate => {
  let pass = (): void => undefined
  const passed = new Promise<void>((resolve) => {
    pass = resolve
  })
  return { passed, pass: () => pass() }
}

/** Where requests go through as they come, unless it is closed: then they wait, and who leaves meanwhile is never served. */
export class Turnstile {
  #exit: Gate | undefined
  #come = gate()
  #left = gate()

  /** Lets nobody through from now on, and tells when the first has come, and when the first has left without an answer. */
  close(): { readonly come: Promise<void>; readonly left: Promise<void> } {
    this.#exit = gate()
    this.#come = gate()
    this.#left = gate()
    return { come: this.#come.passed, left: this.#left.passed }
  }

  /** Lets through who waits, and everybody after that. */
  open(): void {
    this.#exit?.pass()
    this.#exit = undefined
  }

  /** Settles when a request may go on: with whether its sender is still there. */
  async pass(response: ServerResponse): Promise<boolean> {
    if (this.#exit === undefined) return true
    const left = once(response, 'close').then(() => {
      this.#left.pass()
      return false
    })
    this.#come.pass()
    return Promise.race([left, this.#exit.passed.then(() => true)])
  }
}
