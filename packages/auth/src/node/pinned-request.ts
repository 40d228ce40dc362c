import { request as requestHttp } from 'node:http'
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { concat } from '@parley/core'
import { AuthError } from '../client/errors.ts'
import { tooMuch, wholeAnswer } from '../client/metadata-fetch.ts'
import type { SafeFetchInit } from '../client/metadata-fetch.ts'

/** Where a request goes, and how far. */
export type Pin = {
  /** The IP address that the connection is made to, whatever the URL's name stands for by then. */
  readonly address: string
  /** Bytes that the answer may have. */
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly init: SafeFetchInit
}

const pinned =
  (address: string): LookupFunction =>
  (_hostname, options, callback) => {
    const family = isIP(address)
    if (options.all === true) callback(null, [{ address, family }])
    else callback(null, address, family)
  }

const open = (url: URL, { address, signal, init }: Pin): ClientRequest => {
  const options: RequestOptions = {
    method: init.method ?? 'GET',
    // Encoded, a small answer could become a large one.
    headers: { ...init.headers, 'accept-encoding': 'identity' },
    // A connection of its own: none that another name has led to is taken for this one, and none is left over.
    agent: false,
    lookup: pinned(address),
    signal,
    maxHeaderSize: 16_384,
  }
  return url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options)
}

const readBody = async (answer: IncomingMessage, url: URL, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> => {
  const encoding = answer.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    throw new AuthError('document', `${url.origin} answered encoded`, { expected: 'identity', actual: encoding })
  }
  if (Number(answer.headers['content-length'] ?? 0) > maxBytes) throw tooMuch(url, maxBytes)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) throw tooMuch(url, maxBytes)
    chunks.push(chunk)
  }
  return concat(chunks)
}

const headersOf = (answer: IncomingMessage): Headers => {
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(answer.headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  return headers
}

/** Makes one request over a connection of its own to one address, and reads the answer to its end. Follows nothing. */
export const requestPinned = async (url: URL, pin: Pin): Promise<Response> => {
  const asking = open(url, pin)
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      asking.once('response', resolve).on('error', reject)
      asking.end(pin.init.body)
    })
    const body = await readBody(answer, url, pin.maxBytes)
    return wholeAnswer(answer.statusCode ?? 0, headersOf(answer), body)
  } finally {
    // Whatever it still had to say is not waited for.
    asking.destroy()
  }
}
