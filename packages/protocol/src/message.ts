import { internalError, invalidParams, invalidRequest, isObject, parseJson, RpcError } from '@parley/core'
import type { JsonObject } from '@parley/core'

/** Names one request among those that its sender has in flight: a string or a safe integer, never null (B1). */
export type RequestId = string | number

/** JSON text made earlier, written as it is in place of a result. It must be the text of one JSON object. */
export class Encoded {
  /** The JSON text of one object. */
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** What it stands for, where it is met by another copy of this package, which cannot tell it from any object. */
  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

/** The wire form of an error. */
export type ErrorObject = { code: number; message: string; data?: unknown }

/** A message that wants an answer. */
export type RpcRequest = { kind: 'request'; id: RequestId; method: string; params: JsonObject | undefined }
/** A message that wants none. */
export type RpcNotification = { kind: 'notification'; method: string; params: JsonObject | undefined }
/** The answer to a request that succeeded. */
export type RpcResult = { kind: 'result'; id: RequestId; result: JsonObject | Encoded }
/** The answer to a request that failed; without an id when the request could not be read. */
export type RpcFailure = { kind: 'error'; id: RequestId | undefined; error: ErrorObject }
/** The one answer that every request gets. */
export type RpcResponse = RpcResult | RpcFailure
/** What arrived but is no message, with the error that says why. */
export type Broken = {
  kind: 'broken'
  /** The id, where it could be read. */
  id: RequestId | undefined
  /** Whether it must not be answered, for it was meant as a response or a notification (B3). */
  response: boolean
  error: RpcError
}
/** Any message that stands alone. */
export type SingleMessage = RpcRequest | RpcNotification | RpcResponse | Broken
/** Several messages in one JSON array; only revision 2025-03-26 knows them. */
export type RpcBatch = { kind: 'batch'; messages: SingleMessage[] }
/** One unit that a channel carries. It is classified once, when it is read, and keeps its kind. */
export type Message = SingleMessage | RpcBatch

/** Whether a value may stand as an id: a string, or an integer that a double holds exactly. */
export const isRequestId = (value: unknown): value is RequestId =>
  typeof value === 'string' || Number.isSafeInteger(value)

const broken = (error: RpcError, id?: RequestId, response = false): Broken => ({ kind: 'broken', id, response, error })

const readResponse = (value: JsonObject, id: RequestId | undefined): SingleMessage => {
  const { result, error } = value
  if ((result === undefined) === (error === undefined)) {
    return broken(invalidRequest('A response holds either a result or an error'), id, true)
  }
  if (error !== undefined) {
    if (!isObject(error) || !Number.isInteger(error['code']) || typeof error['message'] !== 'string') {
      return broken(invalidRequest('An error holds an integer code and a message'), id, true)
    }
    return { kind: 'error', id, error: error as ErrorObject }
  }
  if (id === undefined || !isObject(result)) {
    return broken(invalidRequest('A result is an object, and its response has an id'), id, true)
  }
  return { kind: 'result', id, result }
}

const readSingle = (value: unknown): SingleMessage => {
  if (!isObject(value)) return broken(invalidRequest('A message is a JSON object'))
  const { id, method, params } = value
  const known = isRequestId(id) ? id : undefined
  const isResponse = method === undefined && ('result' in value || 'error' in value)
  if (value['jsonrpc'] !== '2.0') return broken(invalidRequest('jsonrpc must be "2.0"'), known, isResponse)
  if (isResponse) return readResponse(value, known)
  if (typeof method !== 'string') return broken(invalidRequest('method must be a string'), known)
  if ('result' in value || 'error' in value) {
    return broken(invalidRequest('A message has either a method or an outcome'), known)
  }
  if ('id' in value && known === undefined) return broken(invalidRequest('id must be a string or an integer'))
  if (params !== undefined && !isObject(params)) {
    return broken(invalidParams('params must be an object'), known, known === undefined)
  }
  if (known === undefined) return { kind: 'notification', method, params }
  return { kind: 'request', id: known, method, params }
}

// A message of the usual limit holds two million zeros, and an error for each would fill the memory before anybody counts.
const mostInBatch = 1000

/**
 * Classifies a parsed JSON value as a message. Never throws: what is no message comes back as `broken`, and so does an
 * array of more than 1,000.
 */
export const readMessage = (value: unknown): Message => {
  if (!Array.isArray(value)) return readSingle(value)
  if (value.length > mostInBatch) return broken(invalidRequest(`A batch holds at most ${mostInBatch} messages`))
  return { kind: 'batch', messages: value.map(readSingle) }
}

/**
 * Reads one message from its bytes or text. Never throws: what cannot be read comes back as `broken`.
 *
 * `depth` is the deepest nesting that is parsed (128 by default); it is checked before anything is built.
 */
export const decode = (input: Uint8Array | string, options?: { depth?: number }): Message => {
  try {
    return readMessage(parseJson(input, options))
  } catch (error) {
    return broken(error instanceof RpcError ? error : invalidRequest('The message could not be read'))
  }
}

const writeId = (id: RequestId): string => (typeof id === 'number' ? String(id) : JSON.stringify(id))

// Those that are many are of one method, such as the calls of a client: it is written once.
let named = { method: '', text: '' }

/** A message from its method up to its params. */
const fromMethod = (method: string): string => {
  if (named.method !== method) named = { method, text: `"method":${JSON.stringify(method)},"params":` }
  return named.text
}

const encodeSingle = (message: SingleMessage): string => {
  switch (message.kind) {
    case 'result': {
      const { result } = message
      const text = result instanceof Encoded ? result.text : JSON.stringify(result)
      return `{"jsonrpc":"2.0","id":${writeId(message.id)},"result":${text}}`
    }
    case 'error': {
      const id = message.id === undefined ? '' : `,"id":${writeId(message.id)}`
      return `{"jsonrpc":"2.0"${id},"error":${JSON.stringify(message.error)}}`
    }
    case 'broken':
      throw new TypeError('A broken message cannot be sent')
    case 'notification': {
      const { method, params } = message
      if (params === undefined) return `{"jsonrpc":"2.0","method":${JSON.stringify(method)}}`
      return `{"jsonrpc":"2.0",${fromMethod(method)}${JSON.stringify(params)}}`
    }
    default: {
      const { id, method, params } = message
      if (params === undefined) return `{"jsonrpc":"2.0","id":${writeId(id)},"method":${JSON.stringify(method)}}`
      return `{"jsonrpc":"2.0","id":${writeId(id)},${fromMethod(method)}${JSON.stringify(params)}}`
    }
  }
}

/** Writes one message as a single line of JSON text. Throws TypeError for what JSON cannot hold. */
export const encode = (message: Message): string =>
  message.kind === 'batch' ? `[${message.messages.map(encodeSingle).join(',')}]` : encodeSingle(message)

/** The response that carries a result. */
export const success = (id: RequestId, result: JsonObject | Encoded): RpcResult => ({ kind: 'result', id, result })

/** The response that carries an error; without an id when the request's own could not be read (B3). */
export const failure = (id: RequestId | undefined, error: ErrorObject): RpcFailure => ({ kind: 'error', id, error })

/** The wire form of an error, with its code as it stands. */
export const errorObject = (error: RpcError): ErrorObject =>
  error.data === undefined
    ? { code: error.code, message: error.message }
    : { code: error.code, message: error.message, data: error.data }

const isWritable = (message: SingleMessage): boolean => {
  try {
    return encodeSingle(message) !== ''
  } catch {
    return false
  }
}

const unwritable = ({ id }: RpcResponse): RpcFailure =>
  failure(id, errorObject(internalError('The result could not be written as JSON')))

/**
 * What goes out in place of a response that the road did not take, or nothing where that would not help.
 *
 * A result that JSON cannot hold must not leave its request without an outcome, nor silence the others of its batch.
 */
export const substitute = (message: Message): RpcFailure | RpcBatch | undefined => {
  if (message.kind === 'result') return unwritable(message)
  if (message.kind === 'error') return isWritable(message) ? undefined : unwritable(message)
  if (message.kind !== 'batch' || message.messages.every(isWritable)) return undefined
  const instead = (each: SingleMessage): SingleMessage =>
    isWritable(each) || (each.kind !== 'result' && each.kind !== 'error') ? each : unwritable(each)
  return { kind: 'batch', messages: message.messages.map(instead) }
}
