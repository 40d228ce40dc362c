import type { CacheHints, SchemaConverter, SchemaValidator, ServerCapabilities } from '@parley/core'
import type { Call, RpcNotification, Session } from '@parley/protocol/server'
import type { ChangeBus } from './changes.ts'
import type { ListenLimits } from './features/subscriptions.ts'
import type { Lifespan } from './lifespan.ts'

/** What a failure that stayed inside is reported with. */
export type ErrorReport = {
  /** The call that failed, where there is one. */
  call?: Call
  /** The id that went out in place of the error's own words. */
  correlationId: string
}

/** What happens when a name is registered a second time. */
export type OnDuplicate = 'throw' | 'replace' | 'ignore' | 'warn'

/** How a server behaves. */
export type ServerOptions<Value = undefined> = {
  /** Told to clients, and by them to their models: how to use this server. */
  instructions?: string
  /** Opened before the first request, closed once with the server; handlers find its value in `ctx.lifespan`. */
  lifespan?: Lifespan<Value>
  /**
   * Capabilities beside those that follow from what is registered. `experimental` and `extensions` add to those of
   * features; any other that is named here is advertised just so, as `handle` may need it.
   */
  capabilities?: ServerCapabilities
  /** Whether handlers' log lines go to callers. @default true */
  logging?: boolean
  /** Items on one page of a list. @default 100 */
  pageSize?: number
  /** How long lists and discovery stay fresh, and for whom. @default not at all, `private` */
  listHints?: CacheHints
  /**
   * Secrets of at least 32 bytes that seal what a client carries between rounds: the first seals, all open. Every
   * member of a fleet has the same. @default one random key for the life of the process
   */
  secrets?: readonly (string | Uint8Array)[]
  /** The fleet's name, the same on all its members. @default the server's name */
  audience?: string
  /** Rounds of input that one call may take. @default 10 */
  maxRounds?: number
  /** Replays legacy calls too, to find at the desk a handler that is unsafe to run again. @default false */
  rehearse?: boolean
  /** Carries changes to listeners. @default the process's own */
  changes?: ChangeBus
  /** How much listeners may ask for. */
  listen?: Partial<ListenLimits>
  /** @default 'throw' */
  onDuplicate?: OnDuplicate
  /** Validates against JSON Schemas. @default ajv, loaded when first needed */
  validator?: SchemaValidator
  /** Turns a Standard Schema without the JSON Schema trait into JSON Schema. */
  toJsonSchema?: SchemaConverter
  /** Hears what went wrong inside, whole. @default console.error */
  onError?: (error: unknown, report: ErrorReport) => void
  /** Hears the notifications of legacy clients that the server itself has no use for. */
  onNotification?: (notification: RpcNotification, session: Session | undefined) => void
  /** Lets the words of unexpected errors out to callers; for development. @default false */
  revealErrors?: boolean
}
