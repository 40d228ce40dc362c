import { invalidRequest } from '@parley/core'
import type { RpcError } from '@parley/core'
import type { Message, RpcResponse } from './message.ts'
import { takesBatches } from './revisions/index.ts'

/** The answers to a batch, and how many of its messages are still open. */
export type Batch = { readonly responses: RpcResponse[]; open: number }

/** What is wrong with a message as a batch, in a revision and with so many messages at most; nothing where it is none (B4). */
export const batchFault = (message: Message, version: string | undefined, most: number): RpcError | undefined => {
  if (message.kind !== 'batch') return undefined
  const { length } = message.messages
  if (!takesBatches(version)) return invalidRequest('Batches are not part of the revision in use')
  if (length === 0) return invalidRequest('A batch holds at least one message')
  return length > most ? invalidRequest(`A batch holds at most ${most} messages`) : undefined
}
