import type { CacheHints, JsonObject, SchemaValidator, ServerCapabilities, StandardSchema } from '@parley/core'
import type { Call, Encoded, InputRequired } from '@parley/protocol/server'
import type { Change } from '../changes.ts'
import type { Context } from '../context.ts'

/** What a method's handler gives back: a result, or what it needs from the caller first. */
export type HandlerResult = JsonObject | Encoded | InputRequired

/** Answers one method. Throw `RpcError` for a protocol error; anything else thrown is masked. */
export type MethodHandler = (call: Call, ctx: Context) => HandlerResult | Promise<HandlerResult>

/** A part of what a server offers: what it adds to the capabilities, and the methods it answers. */
export interface Feature {
  /** What this feature advertises now. Empty when there is nothing to offer. */
  capabilities(): Partial<ServerCapabilities>
  /** The methods it answers, by name. */
  readonly methods: ReadonlyMap<string, MethodHandler>
}

/** What a feature needs of the server that it is part of. */
export interface FeatureHost {
  /** Tells whoever listens of a change. */
  publish(change: Change): void
  /** Validates against JSON Schemas; absent, ajv is loaded when one is first needed. */
  readonly validator: SchemaValidator | undefined
  /** Turns a Standard Schema without a JSON Schema trait into JSON Schema. */
  readonly toJsonSchema: ((schema: StandardSchema, io: 'input' | 'output') => JsonObject) | undefined
  /** Items on one page of a list. */
  readonly pageSize: number
  /** Says how long lists stay fresh, and for whom. */
  readonly listHints: CacheHints
  /** Takes note that a method's result, frozen to its leaves, is given again and again: it is written out but once. */
  keep(method: string, result: JsonObject): void
  /** Hears what a handler threw that was not meant for the caller, and gives the text that goes out instead. */
  mask(error: unknown, call: Call): string
}
