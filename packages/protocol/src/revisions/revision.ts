import type {
  ClientCapabilities,
  Implementation,
  JsonObject,
  LoggingLevel,
  RpcError,
  Sealer,
  ServerCapabilities,
} from '@parley/core'
import type { Call, Outcome } from '../call.ts'
import type { Exchange } from '../exchange.ts'
import type { Encoded, ErrorObject } from '../message.ts'
import type { Reading } from '../tolerance.ts'
import type { RevisionFacts } from './index.ts'

/** What a revision needs to know of the server that it reads and writes for. */
export interface ServerSelf {
  readonly info: Implementation
  readonly instructions: string | undefined
  /** What is advertised now, from what is registered. */
  readonly capabilities: ServerCapabilities
  /** Seals what a replayed call must find again. Made on first use. */
  readonly sealer: Sealer
  /** Rounds of input that one call may take. */
  readonly maxRounds: number
  /** Whether legacy calls are replayed too, to find handlers that are not safe to run again. */
  readonly rehearse: boolean
  /** Hears of a fault in a handler that its caller is not told of. */
  report(fault: Error): void
  /** Whether a method is answered here at all. */
  answers(method: string): boolean
}

/** The answering half of a revision: reads an exchange as a call and writes the outcome back. */
export interface ServerRevision extends RevisionFacts {
  /** Whether a client's request of this name exists in this revision. */
  has(method: string): boolean
  /** Reads a request. Throws, or rejects with, the `RpcError` that answers it when it cannot be read. */
  readCall(exchange: Exchange, self: ServerSelf): Call | Promise<Call>
  /** Writes what became of a call as a result. Sealing makes it asynchronous. */
  writeOutcome(call: Call, outcome: Outcome, self: ServerSelf): JsonObject | Encoded | Promise<JsonObject>
  /** Writes an error with this revision's code for it. */
  writeError(error: RpcError): ErrorObject
}

/** A request as a client means it, before a revision gives it its envelope. */
export type Draft = {
  method: string
  params: JsonObject
  /** Extra `_meta` keys. */
  meta?: JsonObject | undefined
  /** The least severe level to hear while this request is served; modern only. */
  logLevel?: LoggingLevel | undefined
  /** Answers to the questions of the round before, by key. */
  answers?: { [key: string]: JsonObject } | undefined
  /** The state that came with those questions, verbatim. */
  state?: string | undefined
}

/** What a revision needs to know of the client that it writes for. */
export type ClientSelf = {
  readonly info: Implementation
  readonly capabilities: ClientCapabilities
}

/** An outcome as a client reads it: the state is opaque. */
export type Reply =
  | { kind: 'complete'; result: JsonObject }
  | { kind: 'input_required'; requests: { [key: string]: { method: string; params?: JsonObject } }; state?: string }

/** The asking half of a revision: writes a request and reads what came of it. */
export interface ClientRevision extends RevisionFacts {
  /** The params of a request, with this revision's envelope. */
  writeCall(draft: Draft, self: ClientSelf): JsonObject
  /** Reads a result. Throws `InvalidResult` for what the method does not promise. */
  readOutcome(method: string, result: JsonObject, reading?: Reading): Reply
  /** The answer to a server's question as this revision carries it. Throws for one that it cannot. */
  writeAnswer(method: string, answer: JsonObject): JsonObject
  /** Why a server's own request or notification has the wrong params, or nothing. */
  paramsFault(method: string, params: JsonObject): string | undefined
}
