import { invalidParams, isObject } from '@parley/core'
import type { CompleteResult, ServerCapabilities } from '@parley/core'
import type { Call } from '@parley/protocol/server'
import type { Context } from '../context.ts'
import type { Completable, CompletionSource, Suggestions } from './completer.ts'
import type { Feature, HandlerResult, MethodHandler } from './feature.ts'

/** The most values that one answer holds (server/utilities/completion). */
const LIMIT = 100

/** Values for half-typed arguments: `completion/complete`. Offered once anything has a completer (P3). */
export class Completions implements Feature {
  readonly #prompts: CompletionSource
  readonly #resources: CompletionSource

  readonly methods: ReadonlyMap<string, MethodHandler> = new Map<string, MethodHandler>([
    ['completion/complete', (call, ctx) => this.#complete(call, ctx)],
  ])

  constructor(prompts: CompletionSource, resources: CompletionSource) {
    this.#prompts = prompts
    this.#resources = resources
  }

  capabilities(): Partial<ServerCapabilities> {
    return this.#prompts.completes || this.#resources.completes ? { completions: {} } : {}
  }

  async #complete(call: Call, ctx: Context): Promise<HandlerResult> {
    const { argument, context } = call.params
    const { name, value } = isObject(argument) ? argument : {}
    if (typeof name !== 'string' || typeof value !== 'string') throw invalidParams('argument needs a name and a value')
    const completable = this.#named(call)
    if (!completable.has(name)) throw invalidParams(`Nothing is called ${JSON.stringify(name.slice(0, 128))} there`)
    const chosen = isObject(context) && isObject(context['arguments']) ? context['arguments'] : {}
    const suggestions = (await completable.get(name)?.(value, { arguments: bare(chosen), ctx })) ?? []
    return answer(suggestions)
  }

  #named({ params, exchange }: Call): Completable {
    const { type, name, uri } = isObject(params['ref']) ? params['ref'] : {}
    const { principal } = exchange.origin
    const found =
      type === 'ref/prompt' && typeof name === 'string'
        ? this.#prompts.completable(name, principal)
        : type === 'ref/resource' && typeof uri === 'string'
          ? this.#resources.completable(uri, principal)
          : undefined
    if (found === undefined) throw invalidParams(`Unknown reference: ${String(name ?? uri).slice(0, 256)}`)
    return found
  }
}

// The names are the peer's: without a prototype, none of them finds what was never sent.
const bare = (chosen: object): Record<string, string> => Object.setPrototypeOf({ ...chosen }, null)

const isList = (suggestions: Suggestions): suggestions is readonly string[] => Array.isArray(suggestions)

const answer = (suggestions: Suggestions): CompleteResult => {
  const {
    values: all,
    total,
    hasMore,
  } = isList(suggestions) ? { values: suggestions, total: suggestions.length, hasMore: undefined } : suggestions
  const values = all.slice(0, LIMIT)
  const known = total ?? (all.length > LIMIT ? all.length : undefined)
  return {
    completion: {
      values,
      ...(known !== undefined && { total: known }),
      hasMore: hasMore ?? (known ?? all.length) > values.length,
    },
  }
}
