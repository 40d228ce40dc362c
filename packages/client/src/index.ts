export { ConnectionClosed, InvalidResult, NegotiationFailed, RpcError, TooManyRounds, userRefused } from '@parley/core'
export { defaultsOf } from './answers.ts'
export type { Change } from './changes.ts'
export { Client } from './client.ts'
export { connect } from './connect.ts'
export { UrlElicitationRequired } from './errors.ts'
export type { Subscription } from './listen.ts'
export type { Agreement } from './negotiate.ts'
export type { ResourceOutcome, ToolOutcome } from './outcomes.ts'
export type {
  AskContext,
  AskingCall,
  Callbacks,
  CallOptions,
  ClientOptions,
  Connectable,
  RootsSource,
  UrlAskContext,
  Verdict,
} from './options.ts'
