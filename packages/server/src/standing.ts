import { andThen } from '@parley/core'
import type { Awaitable, JsonObject } from '@parley/core'
import { Encoded } from '@parley/protocol/server'
import type { Call, ServerRevision } from '@parley/protocol/server'

type Standing = { readonly method: string; readonly texts: Map<ServerRevision, Encoded> }

/** Results that never change, each written once per revision. Nobody else's result is taken for one of them. */
export class StandingResults {
  // By the very object: a copy that middleware made may say something else.
  readonly #standing = new WeakMap<object, Standing>()

  /** Takes in the result of a method. It must be frozen to its leaves. */
  add(method: string, result: JsonObject): void {
    this.#standing.set(result, { method, texts: new Map() })
  }

  /** What a revision makes of a result: the text it made before, where the result stands, else what `write` gives. */
  written(
    result: object,
    { method }: Call,
    revision: ServerRevision,
    write: () => Awaitable<JsonObject | Encoded>,
  ): Awaitable<JsonObject | Encoded> {
    const standing = this.#standing.get(result)
    // Middleware may answer one method with another's result, and what is written depends on the method.
    if (standing?.method !== method) return write()
    const known = standing.texts.get(revision)
    if (known !== undefined) return known
    return andThen(write(), (written) => {
      const text = written instanceof Encoded ? written : new Encoded(JSON.stringify(written))
      standing.texts.set(revision, text)
      return text
    })
  }
}
