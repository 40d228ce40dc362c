import type { Principal } from '@parley/core'
import type { Message, Responder } from '@parley/protocol'
import type { Refusal } from './refusal.ts'
import type { SessionOptions } from './session-options.ts'
import type { Head, Reply } from './wire.ts'

/** Paths of another transport beside the MCP endpoint, behind the same checks. */
export interface Annex {
  /** What a path of its own takes; undefined for every other path. */
  methods(path: string): readonly string[] | undefined
  /** Answers a GET with an event stream, or a refusal. */
  get(head: Head, principal: Principal | undefined, reply: Reply): void
  /** Why a POST is not taken whatever it holds, found out before its body is read. */
  refusal(head: Head, principal: Principal | undefined): Refusal | undefined
  /** Takes the message of one POST. Settles when all that it asked for is answered, or never will be. */
  post(head: Head, message: Message, principal: Principal | undefined, reply: Reply): Promise<void>
  /** Ends every stream; settles when handlers have been told. */
  close(): Promise<void>
}

/** Opens an annex to the endpoint of a server, whose options hold for it too. */
export type OpenAnnex = (server: Responder, options: SessionOptions & { keepAlive?: number | undefined }) => Annex
