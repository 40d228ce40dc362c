import { compileLater, describeIssues, InvalidResult } from '@parley/core'
import type { CallToolResult, Check, SchemaValidator, Tool, ToolOutputSchema } from '@parley/core'

// A stranger's schema is compiled here, which costs about a millisecond for three subschemas.
const peerBounds = { depth: 32, subschemas: 250 }

/**
 * Holds structured results against the output schema of their tool, as far as the tools have been listed (O5).
 *
 * A schema is compiled when its tool is first called.
 */
export class OutputChecks {
  readonly #validator: SchemaValidator | undefined
  readonly #tools = new Map<string, { schema: ToolOutputSchema | undefined; check: Check | undefined }>()

  constructor(validator: SchemaValidator | undefined) {
    this.#validator = validator
  }

  /** Whether a tool has been listed. */
  knows(name: string): boolean {
    return this.#tools.has(name)
  }

  /** Remembers the tools of one page. */
  learn(tools: readonly Tool[]): void {
    for (const { name, outputSchema } of tools) this.#tools.set(name, { schema: outputSchema, check: undefined })
  }

  /** Forgets every tool: the list has changed. */
  forget(): void {
    this.#tools.clear()
  }

  /**
   * Rejects with `InvalidResult` that names the field when a result is not what its tool promises; gives nothing, at once,
   * where that promises nothing.
   */
  check(name: string, result: CallToolResult): Promise<void> | undefined {
    const tool = this.#tools.get(name)
    // A failed call has nothing to promise.
    if (tool?.schema === undefined || result.isError === true) return undefined
    return this.#hold(name, tool, tool.schema, result)
  }

  async #hold(
    name: string,
    tool: { check: Check | undefined },
    schema: ToolOutputSchema,
    result: CallToolResult,
  ): Promise<void> {
    // Its presence counts, not its truth: null is a value.
    if (!('structuredContent' in result)) {
      throw new InvalidResult('tools/call', `${name} has an output schema, and its result no structuredContent`)
    }
    const checked = await this.#run(name, tool, schema, result.structuredContent)
    if (!checked.ok) {
      throw new InvalidResult('tools/call', `structuredContent of ${name}: ${describeIssues(checked.issues)}`)
    }
  }

  async #run(
    name: string,
    tool: { check: Check | undefined },
    schema: ToolOutputSchema,
    value: unknown,
  ): Promise<Awaited<ReturnType<Check>>> {
    try {
      tool.check ??= compileLater(schema, { validator: this.#validator, bounds: peerBounds })
      return await tool.check(value)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      throw new InvalidResult('tools/call', `the output schema of ${name} cannot be used: ${error.message}`)
    }
  }
}
