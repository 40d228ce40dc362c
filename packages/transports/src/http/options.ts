import type { Authorize } from '@parley/core'
import type { OpenAnnex } from './annex.ts'
import type { GateOptions } from './gate.ts'
import type { SessionOptions } from './sessions.ts'

/** How a server is served over HTTP. */
export type HttpOptions = GateOptions &
  SessionOptions & {
    /** The one path that is served; others are 404. @default every path that is routed here */
    path?: string | undefined
    /** Serves the transport of 2024-11-05 beside this one, behind the same checks: `httpSse()`. @default nothing */
    sse?: OpenAnnex | undefined
    /** Verifies who sends a request; nothing is served without its consent, but what it publishes. @default everyone may call */
    authorize?: Authorize | undefined
    /** Bytes that a body may have. @default 4_194_304 */
    maxBody?: number | undefined
    /** Bytes that all bodies together may have while they are being read; beyond, 503. @default 268_435_456 */
    maxBodies?: number | undefined
    /** Levels that JSON may be nested. @default 128 */
    depth?: number | undefined
    /** Milliseconds for a body, longer only while at least 16 KiB a second arrive. @default 10_000 */
    bodyTimeout?: number | undefined
    /** Milliseconds without an answer after which a modern one becomes an event stream. @default 10_000 */
    jsonDelay?: number | undefined
    /** Milliseconds of silence after which an event stream gets a comment. @default 15_000 */
    keepAlive?: number | undefined
    /** Requests that may be served at once; those that listen do not count. @default 4_096 */
    maxInFlight?: number | undefined
    /** The same for one verified principal. @default 256 */
    maxInFlightPerPrincipal?: number | undefined
    /** Milliseconds that requests in flight get to finish when serving ends. @default 10_000 */
    linger?: number | undefined
    /** Characters of one event stream that may wait before its sender waits too. @default 65_536 */
    softLimit?: number | undefined
    /** Characters of one event stream that may wait before nothing but answers is added: one more, and it is cut. @default 4_194_304 */
    hardLimit?: number | undefined
    /** Characters that may wait for all clients together; beyond, those with most of it are cut off. @default 268_435_456 */
    maxWaiting?: number | undefined
    /** Milliseconds that a client may take nothing of what waits for it, before it is cut off. @default 30_000 */
    stall?: number | undefined
  }
