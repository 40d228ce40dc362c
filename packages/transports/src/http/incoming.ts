import { InvalidResult } from '@parley/core'
import type { ConnectionClosed } from '@parley/core'
import { createParser } from 'eventsource-parser'
import { watchSilence } from './silence.ts'
import { networkError } from './site.ts'

/** One server-sent event, as it was read. `data` is empty for an event that only marks a place. */
export type ServerEvent = {
  readonly data: string
  readonly id?: string | undefined
  readonly event?: string | undefined
}

/** What hears the events of one stream. */
export type Listener = {
  /** Hears one event; true says that no other is wanted. */
  event(event: ServerEvent): boolean
  /** Hears how many milliseconds the server wants to be left alone after the stream. */
  retry?(milliseconds: number): void
}

/** How a stream is read. */
export type Reading = {
  /** What is read, for errors. */
  readonly name: string
  /** The most characters that one event may have. */
  readonly limit: number
  /** Milliseconds without a byte after which the stream is taken for broken. */
  readonly silence: number
  /** Cuts the stream. */
  readonly abort: AbortController
}

type Reader = ReadableStreamDefaultReader<Uint8Array>
type Parse = (chunk: Uint8Array) => boolean

const drainTime = 1000

/** A connection whose stream ends by itself can be used again; one that is cut cannot. So it gets a moment. */
const drain = async (reader: Reader): Promise<void> => {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), drainTime)
  try {
    while (!(await reader.read()).done);
  } catch {
    // Cut off, which is as good an end.
  } finally {
    clearTimeout(timer)
  }
}

/** Makes what takes the chunks of a stream, and tells when its listener has enough. */
const parserFor = ({ name, limit }: Reading, listener: Listener): Parse => {
  let enough = false
  let excess = false
  const parser = createParser({
    maxBufferSize: limit,
    onEvent: (event) => {
      enough ||= listener.event(event)
    },
    onRetry: (milliseconds) => listener.retry?.(milliseconds),
    // Fields that are unknown or wrong are no reason to lose a stream (HTML, server-sent events).
    onError: ({ type }) => {
      excess ||= type === 'max-buffer-size-exceeded'
    },
  })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decoded = (chunk: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: true })
    } catch {
      throw new InvalidResult(name, 'the event stream is not UTF-8')
    }
  }
  return (chunk) => {
    parser.feed(decoded(chunk))
    if (excess && !enough) throw new InvalidResult(name, `an event has more than ${limit} characters`)
    return enough
  }
}

const next = async (reader: Reader, signal: AbortSignal): Promise<Uint8Array | undefined> => {
  try {
    const { done, value } = await reader.read()
    return done ? undefined : value
  } catch (error) {
    throw networkError(error, signal, 'The connection broke in the middle of an event stream')
  }
}

/** Gives the chunks of a stream to `parse`; settles with whether that had enough before the stream ended. */
const feed = async (reader: Reader, { silence, abort }: Reading, parse: Parse): Promise<boolean> => {
  let silent: ConnectionClosed | undefined
  const watch = watchSilence(silence, (reason) => {
    silent = reason
    abort.abort(reason)
    // Whatever the signal is tied to, the read that waits must end.
    reader.cancel(reason).catch(() => undefined)
  })
  try {
    for (;;) {
      const chunk = await next(reader, abort.signal)
      // What came at the last moment still counts; it is the end that shows whose doing it was.
      if (chunk === undefined && silent !== undefined) throw silent
      if (chunk === undefined) return false
      watch.heard()
      if (parse(chunk)) return true
    }
  } finally {
    watch.end()
  }
}

/**
 * Reads an event stream until it ends, settling with false, or until its listener has enough, settling with true.
 *
 * Rejects with `InvalidResult` when an event grows past the limit or the text is not UTF-8, with `ConnectionClosed` when
 * the connection breaks or falls silent. Comments are ignored (H12), but show that the server is there.
 */
export const hearEvents = async (response: Response, reading: Reading, listener: Listener): Promise<boolean> => {
  const reader = response.body?.getReader()
  if (reader === undefined) return false
  const parse = parserFor(reading, listener)
  try {
    if (!(await feed(reader, reading, parse))) return false
  } catch (error) {
    reader.cancel().catch(() => undefined)
    throw error
  }
  void drain(reader)
  return true
}
