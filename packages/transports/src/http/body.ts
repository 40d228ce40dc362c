import { HttpFailure, InvalidResult, isObject } from '@parley/core'
import { decode } from '@parley/protocol'
import type { Broken, Message, RequestId, RpcFailure, RpcResult } from '@parley/protocol'
import { joined } from '../joined.ts'
import type { Answer } from './carrier.ts'

/** The media type of an answer, in lower case and without parameters; empty where it names none. */
export const mediaType = (answer: Answer): string => {
  const [type = ''] = (answer.header('content-type') ?? '').split(';', 1)
  return type.trim().toLowerCase()
}

type Read = { bytes: Uint8Array; whole: boolean }

/** Reads a body up to a limit and lets the rest go. */
const readUpTo = async (answer: Answer, limit: number): Promise<Read> => {
  const chunks: Uint8Array[] = []
  let size = 0
  const isTooMuch = await answer.read((chunk) => {
    chunks.push(chunk)
    size += chunk.length
    return size > limit
  })
  if (isTooMuch) answer.cut()
  return { bytes: joined(chunks), whole: !isTooMuch }
}

/** Reads the one message, or batch, that a JSON answer holds. Rejects with `InvalidResult` past the limit. */
export const readMessageBody = async (answer: Answer, method: string, limit: number): Promise<Message> => {
  const { status } = answer
  const type = mediaType(answer)
  // A server may forget to name the type; what it names wrongly is not read, least of all a page of HTML.
  if (type !== '' && type !== 'application/json') {
    answer.discard()
    throw new InvalidResult(method, `HTTP ${status} came with ${JSON.stringify(type.slice(0, 100))}, not JSON`)
  }
  const { bytes, whole } = await readUpTo(answer, limit)
  if (!whole) throw new InvalidResult(method, `the answer has more than ${limit} bytes`)
  if (bytes.length === 0) throw new InvalidResult(method, `HTTP ${status} came without an answer`)
  return decode(bytes)
}

const mostRefusal = 1_048_576
const keptRefusal = 4000
const shownRefusal = 200

/** An answer whose status says no, and the message in it if there is one. */
export type Refusal = { readonly failure: HttpFailure; readonly message: Message | undefined }

/** Reads an answer whose status says no. */
export const readRefusal = async (answer: Answer): Promise<Refusal> => {
  const { status } = answer
  const { bytes, whole } = await readUpTo(answer, mostRefusal)
  const body = new TextDecoder().decode(bytes.subarray(0, 4 * keptRefusal)).slice(0, keptRefusal)
  // As JSON, so that nothing in it reaches a terminal or a log unescaped.
  const shown = body === '' ? '' : `: ${JSON.stringify(body.slice(0, shownRefusal))}`
  const failure = new HttpFailure(`The server answered HTTP ${status}${shown}`, {
    status,
    body,
    headers: answer.headers(),
  })
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
