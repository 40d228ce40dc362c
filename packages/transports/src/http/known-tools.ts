import { invalidParams, isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { mirroredArguments } from '@parley/protocol'
import type { Mirrored } from '@parley/protocol'
import { isUnsafeInteger } from './decimal.ts'
import { valueAt } from './headers.ts'
import { encodeHeader } from './sentinel.ts'

/** Hears of a tool that is left out of a list, and why. */
export type OnInvalidTool = (name: string, reason: string) => void

const mostKept = 10_000

const warn: OnInvalidTool = (name, reason) => {
  // As JSON, for a name may hold what a terminal takes for a command.
  console.warn(`The tool ${JSON.stringify(name.slice(0, 200))} is left out: ${reason.slice(0, 500)}`)
}

// MUST (transports/streamable-http#value-encoding): numbers in decimal, booleans in lower case (X5).
const textOf = (value: unknown, header: string): string | undefined => {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value)
  // JSON has no other numbers: they go out as null.
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  if (!isUnsafeInteger(value)) return String(value)
  throw invalidParams(`${value} is too large an integer to be repeated in ${header}; nothing was sent`)
}

/**
 * What the tools of one server want to see in headers, learned from the lists that pass by.
 *
 * A tool that was never listed has no headers (X6).
 */
export class KnownTools {
  readonly #mirrored = new Map<string, readonly Mirrored[]>()
  readonly #onInvalid: OnInvalidTool

  constructor(onInvalid: OnInvalidTool = warn) {
    this.#onInvalid = onInvalid
  }

  /** A `tools/list` result without the tools whose annotations are against the rules (X2). */
  screen(result: JsonObject): JsonObject {
    const { tools } = result
    if (!Array.isArray(tools)) return result
    const kept = tools.filter((tool: unknown) => this.#learn(tool))
    return kept.length === tools.length ? result : { ...result, tools: kept }
  }

  #learn(tool: unknown): boolean {
    if (!isObject(tool)) return true
    const { name, inputSchema } = tool
    if (typeof name !== 'string' || !isObject(inputSchema)) return true
    this.#mirrored.delete(name)
    try {
      const mirrored = mirroredArguments(inputSchema)
      if (mirrored.length > 0) this.#keep(name, mirrored)
      return true
    } catch (error) {
      this.#report(name, error instanceof Error ? error.message : 'its schema cannot be read')
      return false
    }
  }

  #keep(name: string, mirrored: readonly Mirrored[]): void {
    this.#mirrored.set(name, mirrored)
    const [oldest] = this.#mirrored.keys()
    if (oldest !== undefined && this.#mirrored.size > mostKept) this.#mirrored.delete(oldest)
  }

  #report(name: string, reason: string): void {
    try {
      this.#onInvalid(name, reason)
    } catch {
      // Whoever listens must not spoil the list for those who asked for it.
    }
  }

  /**
   * The headers that a call of one of these tools carries, by its params. A value that is null or absent has none (X3).
   *
   * Throws `RpcError` for an integer beyond ±(2^53 - 1), which no header may hold (X5).
   */
  headersOf(params: JsonObject): (readonly [name: string, value: string])[] {
    const { name } = params
    const mirrored = typeof name === 'string' ? this.#mirrored.get(name) : undefined
    return (mirrored ?? []).flatMap(({ header, path }) => {
      const text = textOf(valueAt(params['arguments'], path), header)
      return text === undefined ? [] : [[header.toLowerCase(), encodeHeader(text)] as const]
    })
  }
}
