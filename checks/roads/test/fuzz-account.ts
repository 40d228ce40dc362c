import { isObject } from '@parley/core'
import type { Line } from './raw-road.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const depthOf = (value: unknown): number => {
  let depth = 0
  for (let level = [value]; ; depth += 1) {
    const next = level.filter((each) => typeof each === 'object' && each !== null)
    if (next.length === 0) return depth
    level = next.flatMap((each) => Object.values(each))
  }
}

const keyOf = (id: unknown): string => JSON.stringify(id)
const isId = (id: unknown): boolean => typeof id === 'string' || Number.isSafeInteger(id)

/** What was sent to a server, and what it must therefore answer: an opinion of its own on what JSON-RPC is. */
export class Account {
  readonly #batches: boolean
  readonly #owed = new Map<string, number>()
  readonly #paid = new Map<string, number>()
  /** Requests that may go unanswered, since somebody cancelled something of that id. */
  readonly #cancelled = new Set<string>()
  #unreadable = 0
  #withoutId = 0
  readonly #odd: string[] = []

  constructor(batches: boolean) {
    this.#batches = batches
  }

  /** How many responses came to requests. */
  get answered(): number {
    return [...this.#paid.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Takes bytes that end with a line. */
  sent(bytes: Uint8Array): void {
    let start = 0
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      this.#line(bytes.subarray(start, end))
      start = end + 1
    }
  }

  #line(bytes: Uint8Array): void {
    const line = bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes
    if (line.length === 0) return
    try {
      const value: unknown = JSON.parse(decoder.decode(line))
      if (depthOf(value) > 128) this.#unreadable += 1
      else if (!Array.isArray(value)) this.#message(value)
      else if (this.#batches && value.length > 0) for (const each of value) this.#message(each)
      else this.#unreadable += 1
    } catch {
      this.#unreadable += 1
    }
  }

  #message(value: unknown): void {
    if (!isObject(value)) return void (this.#unreadable += 1)
    const { id, method, params } = value
    if (method === undefined && ('result' in value || 'error' in value)) return
    if (isId(id)) return void this.#owed.set(keyOf(id), (this.#owed.get(keyOf(id)) ?? 0) + 1)
    const isNotification = value['jsonrpc'] === '2.0' && typeof method === 'string' && !('id' in value)
    if (!isNotification || 'result' in value || 'error' in value) this.#unreadable += 1
    else if (method === 'notifications/cancelled' && isObject(params)) this.#cancelled.add(keyOf(params['requestId']))
  }

  heard(line: Line): void {
    if (line.method !== undefined) return
    const { id, error } = line
    if (id !== undefined) return void this.#paid.set(keyOf(id), (this.#paid.get(keyOf(id)) ?? 0) + 1)
    this.#withoutId += 1
    if (error === undefined || ![-32700, -32600].includes(error.code)) this.#odd.push(JSON.stringify(line))
  }

  /** Everything in which what came differs from what had to come. */
  faults(): string[] {
    const ids = new Set([...this.#owed.keys(), ...this.#paid.keys()])
    const wrong = [...ids].flatMap((id) => {
      const [owed, paid] = [this.#owed.get(id) ?? 0, this.#paid.get(id) ?? 0]
      const fine = paid === owed || (paid < owed && this.#cancelled.has(id))
      return fine ? [] : [`${id}: ${owed} sent, ${paid} answered`]
    })
    const balance =
      this.#unreadable === this.#withoutId ? [] : [`${this.#unreadable} unreadable, ${this.#withoutId} told`]
    return [...this.#odd, ...wrong, ...balance]
  }
}
