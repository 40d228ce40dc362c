export { http } from './client.ts'
export type { ExtraHeaders, Fetch, HttpClientOptions, HttpTarget, HttpVerdict, OnInvalidTool } from './client.ts'
export { httpHandler, memoryEventLog } from './server.ts'
export type {
  EventLog,
  EventScope,
  GateOptions,
  HttpHandler,
  HttpOptions,
  LoggedEvent,
  MemoryEventLogOptions,
  Replay,
  SessionOptions,
} from './server.ts'
