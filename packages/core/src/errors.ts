/** Why a request failed, in words that no revision owns; a revision turns it into its own code. */
export type RpcErrorKind =
  | 'parseError'
  | 'invalidRequest'
  | 'methodNotFound'
  | 'invalidParams'
  | 'internalError'
  | 'resourceNotFound'
  | 'missingCapability'
  | 'unsupportedVersion'
  | 'headerMismatch'
  | 'urlElicitationRequired'
  | 'userRefused'
  | 'other'

/**
 * A failure that crosses the wire as a JSON-RPC error; nothing else does.
 *
 * Make one with the named makers below, which leave the code to the revision in use. The constructor is for codes of
 * your own, which belong outside -32768..-32000 (2026-07-28, basic/index#error-codes).
 */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  /** The JSON-RPC code. An error that was received keeps the code it came with. */
  readonly code: number
  /** What the error carries beside its message, as JSON. */
  readonly data: unknown
  /** The revision-neutral reason. */
  readonly kind: RpcErrorKind

  constructor(code: number, message: string, data?: unknown, kind: RpcErrorKind = 'other') {
    super(message)
    this.code = code
    this.data = data
    this.kind = kind
  }
}

const kindOf = (code: number): RpcErrorKind => {
  switch (code) {
    case -32700:
      return 'parseError'
    case -32600:
      return 'invalidRequest'
    case -32601:
      return 'methodNotFound'
    case -32602:
      return 'invalidParams'
    case -32603:
      return 'internalError'
    case -32002:
      return 'resourceNotFound'
    case -32020:
      return 'headerMismatch'
    case -32021:
      return 'missingCapability'
    case -32022:
      return 'unsupportedVersion'
    case -32042:
      return 'urlElicitationRequired'
    default:
      return 'other'
  }
}

// What a stranger says ends up in logs and on terminals.
const longestMessage = 8192

/** An error as it came from the far side, with the kind that its code stands for; a very long message is cut. */
export const receivedError = (code: number, message: string, data?: unknown): RpcError =>
  new RpcError(code, message.slice(0, longestMessage), data, kindOf(code))

/** The bytes were not JSON in UTF-8. */
export const parseError = (message = 'Parse error', data?: unknown): RpcError =>
  new RpcError(-32700, message, data, 'parseError')

/** The JSON was not a JSON-RPC message that may stand here. */
export const invalidRequest = (message: string, data?: unknown): RpcError =>
  new RpcError(-32600, message, data, 'invalidRequest')

/** Nobody answers this method, or the capability behind it was not advertised. */
export const methodNotFound = (method: string): RpcError =>
  new RpcError(-32601, `Method not found: ${method}`, undefined, 'methodNotFound')

/** The params do not fit the method, or name something that does not exist. */
export const invalidParams = (message: string, data?: unknown): RpcError =>
  new RpcError(-32602, message, data, 'invalidParams')

/** Something broke on this side; the message is safe to show. */
export const internalError = (message = 'Internal error', data?: unknown): RpcError =>
  new RpcError(-32603, message, data, 'internalError')

/** No resource stands at this URI: -32002 in legacy revisions, -32602 in the modern one. */
export const resourceNotFound = (uri: string): RpcError =>
  new RpcError(-32602, `Resource not found: ${uri}`, { uri }, 'resourceNotFound')

/** The request needs client capabilities that it did not declare: -32021, or -32600 in legacy revisions. */
export const missingCapability = (
  requiredCapabilities: object,
  message: string = `This needs client capabilities that were not declared: ${Object.keys(requiredCapabilities).join(', ')}`,
): RpcError => new RpcError(-32021, message, { requiredCapabilities }, 'missingCapability')

/** The request names a revision that is not spoken here: -32022 (2026-07-28, basic/versioning). */
export const unsupportedVersion = (data: { requested: string; supported: readonly string[] }): RpcError =>
  new RpcError(-32022, `Unsupported protocol version: ${data.requested}`, data, 'unsupportedVersion')

/** A header contradicts the body: -32020. */
export const headerMismatch = (message: string): RpcError => new RpcError(-32020, message, undefined, 'headerMismatch')

/** A page must be visited before this can be done: -32042, in 2025-11-25 alone (client/elicitation, I9). */
export const urlElicitationRequired = (
  elicitations: readonly { mode: 'url'; message: string; url: string; elicitationId: string }[],
  message = 'This needs a visit to a page first',
): RpcError => new RpcError(-32042, message, { elicitations }, 'urlElicitationRequired')

/** A person said no to a sampling request: -1 in legacy revisions, no wire form in the modern one. */
export const userRefused = (message = 'The user refused the request'): RpcError =>
  new RpcError(-1, message, undefined, 'userRefused')

/** A failure meant for the model: the tool's result becomes `isError: true` with this text. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
}

/** The road ended before the answer came. `stderr` holds a stdio child's last words where there are any. */
export class ConnectionClosed extends Error {
  override readonly name = 'ConnectionClosed'
  /** The last of what a child process wrote to stderr. */
  readonly stderr: string | undefined

  constructor(message: string, options: { cause?: unknown; stderr?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.stderr = options.stderr
  }
}

/** The two sides share no revision, or the far side answered neither era's opening as the specification says. */
export class NegotiationFailed extends Error {
  override readonly name = 'NegotiationFailed'
  /** The revisions the far side said it speaks, when it said so. */
  readonly supported: readonly string[] | undefined

  constructor(message: string, options: { cause?: unknown; supported?: readonly string[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.supported = options.supported
  }
}

/** The far side answered with something that is not what the method promises. */
export class InvalidResult extends Error {
  override readonly name = 'InvalidResult'
  /** The method that was called. */
  readonly method: string

  constructor(method: string, message: string) {
    super(`${method}: ${message}`)
    this.method = method
  }
}

/** An HTTP endpoint answered with a status, and no message that says why. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure'
  /** The status, such as 401, 404 or 503. */
  readonly status: number
  /** The beginning of the body, at most 4,000 characters: text from the far side, so to be escaped before it is shown. */
  readonly body: string
  /** The answer's headers, such as `www-authenticate` and `retry-after`. */
  readonly headers: Headers

  constructor(message: string, answer: { status: number; body: string; headers: Headers }) {
    super(message)
    this.status = answer.status
    this.body = answer.body
    this.headers = answer.headers
  }
}

/** A call went on asking for input past the cap on rounds. */
export class TooManyRounds extends Error {
  override readonly name = 'TooManyRounds'
}

/** A deadline passed. Told apart from a cancellation by its name, `TimeoutError`, as the platform does. */
export const timedOut = (message: string): DOMException => new DOMException(message, 'TimeoutError')
