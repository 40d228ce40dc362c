/// <reference lib="esnext.disposable" preserve="true" />
export { brokenPromise } from './answering.ts'
export { InputRequired } from './call.ts'
export type { Call, Caller, Outcome } from './call.ts'
export { batchFault } from './batch.ts'
export { capabilityOf, isAdvertised, refusalFor } from './capabilities.ts'
export type { Arrival, Channel, Lane, Receiver } from './channel.ts'
export { Deadlines } from './deadline.ts'
export type { Deadline } from './deadline.ts'
export type { Dial, Exchange, Link, Origin, RequestOptions, Responder } from './exchange.ts'
export { Unanswered } from './input.ts'
export type { AskOptions, Input, Memory, Question, QuestionMethod } from './input.ts'
export { Ledger } from './ledger.ts'
export type { LedgerOptions } from './ledger.ts'
export {
  decode,
  encode,
  Encoded,
  errorObject,
  failure,
  isRequestId,
  readMessage,
  substitute,
  success,
} from './message.ts'
export type {
  Broken,
  ErrorObject,
  Message,
  RequestId,
  RpcBatch,
  RpcFailure,
  RpcNotification,
  RpcRequest,
  RpcResponse,
  RpcResult,
  SingleMessage,
} from './message.ts'
export { metaKeys, metaOf, namedVersion } from './meta.ts'
export { mirroredArguments } from './mirrored.ts'
export type { Mirrored } from './mirrored.ts'
export { Peer } from './peer.ts'
export type { PeerOptions } from './peer-options.ts'
export { defaultMaxTimeout, defaultTimeout, Pending } from './pending.ts'
export type { Side } from './pending.ts'
export type { Session, SessionState } from './session.ts'
export { shakeHands } from './revisions/2025-11-25/handshake.ts'
export { modernVersions, readCaller } from './revisions/2026-07-28/envelope.ts'
export { revisions, takesBatches } from './revisions/index.ts'
export type { RevisionFacts } from './revisions/index.ts'
export { isCacheable, isLongLived, isStandard, mayAskForInput } from './revisions/methods.ts'
export type { ServerRevision, ServerSelf } from './revisions/revision.ts'
export { revisionOf, serverRevisions } from './revisions/server.ts'
