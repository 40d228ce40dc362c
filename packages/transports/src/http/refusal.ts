import type { RpcError } from '@parley/core'
import { encode, errorObject, failure } from '@parley/protocol/server'
import type { RequestId } from '@parley/protocol/server'
import type { Reply } from './wire.ts'

/** Why a request gets no further, and the answer it gets. */
export type Refusal = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** The JSON-RPC error of the body; without one the body is empty. */
  readonly error?: RpcError
}

/** Sends a refusal; with the request's id, where that is known. */
export const refuse = (reply: Reply, { status, headers = {}, error }: Refusal, id?: RequestId): void => {
  if (error === undefined) reply.send(status, headers)
  else reply.send(status, headers, encode(failure(id, errorObject(error))))
}

/** The statuses that a body can be refused with. */
export type BodyStatus = 400 | 408 | 413 | 500 | 503

/** Why a body could not be read, with the status that says so. */
export class BodyFault extends Error {
  override readonly name = 'BodyFault'
  readonly status: BodyStatus

  constructor(status: BodyStatus, message: string) {
    super(message)
    this.status = status
  }
}
