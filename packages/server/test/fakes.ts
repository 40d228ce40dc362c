import type { CacheHints, JsonObject, Principal, SchemaConverter, SchemaValidator } from '@parley/core'
import { Unanswered } from '@parley/protocol'
import type { Call, Input } from '@parley/protocol'
import { CallContext } from '../src/call-context.ts'
import type { ContextHost } from '../src/call-context.ts'
import type { Change } from '../src/changes.ts'
import type { Feature, FeatureHost, HandlerResult } from '../src/features/feature.ts'
import type { RegistryOptions } from '../src/registry.ts'

/** A host that writes down what it is told. */
export class FakeHost implements FeatureHost, RegistryOptions {
  readonly published: Change[] = []
  readonly masked: unknown[] = []
  readonly warnings: string[] = []
  readonly kept: { method: string; result: JsonObject }[] = []
  validator: SchemaValidator | undefined
  toJsonSchema: SchemaConverter | undefined
  pageSize = 100
  listHints: CacheHints = {}
  onDuplicate: 'throw' | 'replace' | 'ignore' | 'warn' = 'throw'

  publish(change: Change): void {
    this.published.push(change)
  }

  keep(method: string, result: JsonObject): void {
    this.kept.push({ method, result })
  }

  warn(message: string): void {
    this.warnings.push(message)
  }

  mask(error: unknown): string {
    this.masked.push(error)
    return 'Internal error (1234)'
  }
}

/** Input that nobody ever answers. */
const silent: Input = {
  ask: () => Promise.reject(new Unanswered()),
  once: async (_key, work) => work(),
  answers: new Map(),
  state: undefined,
  close: async () => undefined,
  memory: () => undefined,
  pursue: () => undefined,
}

export type AskOptions = { principal?: Principal; signal?: AbortSignal }

export const callOf = (method: string, params: JsonObject, { principal, signal }: AskOptions = {}): Call => ({
  method,
  params,
  meta: {},
  reached: { progress: -Infinity },
  caller: { version: '2026-07-28', info: undefined, capabilities: {}, logLevel: undefined },
  input: silent,
  exchange: {
    request: { kind: 'request', id: 1, method, params },
    signal: signal ?? new AbortController().signal,
    origin: principal === undefined ? { road: 'memory' } : { road: 'memory', principal },
    notify: async () => undefined,
  },
})

const contextHost: ContextHost = {
  capabilities: {},
  lifespan: undefined,
  form: () => {
    throw new TypeError('No forms here')
  },
  readOwn: async () => {
    throw new TypeError('No resources here')
  },
}

export const contextOf = (call: Call): CallContext => new CallContext(call, contextHost)

/** Puts a request to a feature and gives its result. */
export const ask = async (
  feature: Feature,
  method: string,
  params: JsonObject = {},
  options: AskOptions = {},
): Promise<HandlerResult> => {
  const handler = feature.methods.get(method)
  if (handler === undefined) throw new TypeError(`${method} is not answered here`)
  const call = callOf(method, params, options)
  return handler(call, contextOf(call))
}

export const alice: Principal = { issuer: 'https://issuer.example', subject: 'alice', scopes: ['admin'] }

/** Names that plain objects have, or treat in their own way. */
export const prototypeNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
