import { HttpFailure, InvalidResult, isObject } from '@parley/core'
import { decode } from '@parley/protocol'
import type { Broken, Message, RequestId, RpcFailure, RpcResult } from '@parley/protocol'
import { joined } from '../joined.ts'
import { networkError } from './site.ts'

/** The media type of an answer, in lower case and without parameters; empty where it names none. */
export const mediaType = (response: Response): string => {
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';')
  return type.trim().toLowerCase()
}

const mostDiscarded = 65_536
const discardTime = 1000

/**
 * Lets go of an answer whose body nobody reads.
 *
 * The little that one may have is read all the same, for a connection that is cut in the middle cannot be used again.
 */
export const discard = (response: Response): void => {
  const reader = response.body?.getReader()
  if (reader === undefined) return
  const cut = (): void => void reader.cancel().catch(() => undefined)
  const timer = setTimeout(cut, discardTime)
  const read = async (): Promise<void> => {
    let size = 0
    for (let next = await reader.read(); !next.done && size < mostDiscarded; next = await reader.read()) {
      size += next.value.length
    }
  }
  void read()
    .catch(() => undefined)
    .finally(() => {
      clearTimeout(timer)
      cut()
    })
}

type Read = { bytes: Uint8Array; whole: boolean }

/** Reads a body up to a limit and lets the rest go. */
const readUpTo = async (response: Response, limit: number, signal: AbortSignal): Promise<Read> => {
  const reader = response.body?.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  if (reader === undefined) return { bytes: new Uint8Array(), whole: true }
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return { bytes: joined(chunks, size), whole: true }
      chunks.push(value)
      size += value.length
      if (size > limit) return { bytes: joined(chunks, size), whole: false }
    }
  } catch (error) {
    throw networkError(error, signal, 'The connection broke in the middle of an answer')
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

/** Reads the one message, or batch, that a JSON answer holds. Rejects with `InvalidResult` past the limit. */
export const readMessageBody = async (
  response: Response,
  method: string,
  limit: number,
  signal: AbortSignal,
): Promise<Message> => {
  const type = mediaType(response)
  // A server may forget to name the type; what it names wrongly is not read, least of all a page of HTML.
  if (type !== '' && type !== 'application/json') {
    discard(response)
    throw new InvalidResult(method, `HTTP ${response.status} came with ${JSON.stringify(type.slice(0, 100))}, not JSON`)
  }
  const { bytes, whole } = await readUpTo(response, limit, signal)
  if (!whole) throw new InvalidResult(method, `the answer has more than ${limit} bytes`)
  if (bytes.length === 0) throw new InvalidResult(method, `HTTP ${response.status} came without an answer`)
  return decode(bytes)
}

const mostRefusal = 1_048_576
const keptRefusal = 4000
const shownRefusal = 200

/** An answer whose status says no, and the message in it if there is one. */
export type Refusal = { readonly failure: HttpFailure; readonly message: Message | undefined }

/** Reads an answer whose status says no. */
export const readRefusal = async (response: Response, signal: AbortSignal): Promise<Refusal> => {
  const { status, headers } = response
  const { bytes, whole } = await readUpTo(response, mostRefusal, signal)
  const body = new TextDecoder().decode(bytes.subarray(0, 4 * keptRefusal)).slice(0, keptRefusal)
  // As JSON, so that nothing in it reaches a terminal or a log unescaped.
  const shown = body === '' ? '' : `: ${JSON.stringify(body.slice(0, shownRefusal))}`
  const failure = new HttpFailure(`The server answered HTTP ${status}${shown}`, { status, body, headers })
  const message = whole && body.trimStart().startsWith('{') ? decode(bytes) : undefined
  return { failure, message }
}

/** The answer to the request of this id, if the message is one. */
export const answerTo = (id: RequestId, message: Message): RpcResult | RpcFailure | Broken | undefined => {
  if (message.kind === 'result') return message.id === id ? message : undefined
  const answers = message.kind === 'error' || (message.kind === 'broken' && message.response)
  if (!answers || (message.id !== undefined && message.id !== id)) return undefined
  // Here a request has a reply of its own, so that an error without an id can only be its error (3.2 #24).
  return { ...message, id }
}

/** The error that a refusal holds for the request of this id; where it names no id, only a modern code tells (2.3). */
export const refusalOf = (id: RequestId, { message }: Refusal): RpcFailure | undefined => {
  if (message?.kind !== 'error' || !isObject(message.error)) return undefined
  if (message.id === id) return message
  return message.id === undefined && isModernCode(message.error.code) ? { ...message, id } : undefined
}

/** Whether only a modern server answers with this code. */
export const isModernCode = (code: number): boolean => code === -32020 || code === -32021 || code === -32022
