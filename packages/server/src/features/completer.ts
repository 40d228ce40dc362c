import { isObject } from '@parley/core'
import type { JsonObject, Principal } from '@parley/core'
import type { Context } from '../context.ts'

/** What is known while an argument is being completed. */
export type CompletionContext = {
  /** Values already chosen for other arguments; without a prototype. */
  arguments: Readonly<Record<string, string>>
  ctx: Context
}

/** Suggested values, best first: a list, or a part of one with what is known of the whole. */
export type Suggestions = readonly string[] | { values: readonly string[]; total?: number; hasMore?: boolean }

/** Suggests values for a half-typed one. Whatever it returns, at most 100 go out. */
export type Completer = (value: string, context: CompletionContext) => Suggestions | Promise<Suggestions>

/** Completers by the name of the argument or variable. */
export type Completers = { readonly [name: string]: Completer | undefined }

/** All arguments of an item, each with its completer if it has one. */
export type Completable = ReadonlyMap<string, Completer | undefined>

/** Whose arguments can be completed: prompts by name, resources by URI or template. */
export interface CompletionSource {
  /** Whether any argument has a completer. */
  readonly completes: boolean
  /** The arguments of what a reference names; undefined when this principal may use no such thing. */
  completable(name: string, principal: Principal | undefined): Completable | undefined
}

/**
 * Gives arguments their completers: those given by name, else a choice of the schema's own values.
 * @throws TypeError for a completer of something that is no argument
 */
export const completableOf = (
  what: string,
  names: readonly string[],
  given: Completers = {},
  properties: JsonObject = {},
): Completable => {
  const stray = Object.keys(given).find((name) => !names.includes(name))
  if (stray !== undefined) throw new TypeError(`${what} has no ${JSON.stringify(stray)} to complete`)
  return new Map(names.map((name) => [name, own(given, name) ?? fromChoice(own(properties, name))]))
}

const own = <T>(object: { readonly [name: string]: T }, name: string): T | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined

const choicesOf = (schema: unknown): unknown[] => {
  if (!isObject(schema)) return []
  const { const: only, enum: values, anyOf, oneOf } = schema
  if (Array.isArray(values)) return values
  if (only !== undefined) return [only]
  return [anyOf, oneOf].flatMap((each) => (Array.isArray(each) ? each.flatMap(choicesOf) : []))
}

const fromChoice = (schema: unknown): Completer | undefined => {
  const choices = choicesOf(schema)
    .filter((value) => typeof value !== 'object')
    .map(String)
  if (choices.length === 0) return undefined
  return (value) => {
    const begun = value.toLowerCase()
    return choices.filter((choice) => choice.toLowerCase().startsWith(begun))
  }
}
