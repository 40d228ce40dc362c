import { InvalidResult } from '@parley/core'
import type { ConnectionClosed } from '@parley/core'
import { createParser } from 'eventsource-parser'
import type { Abort } from './abort.ts'
import type { Answer, Take } from './carrier.ts'
import { watchSilence } from './silence.ts'

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
  readonly abort: Abort
}

/** Makes what takes the chunks of a stream, and tells when its listener has enough. */
const parserFor = ({ name, limit }: Reading, listener: Listener): Take => {
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

/**
 * Reads an event stream until it ends, settling with false, or until its listener has enough, settling with true.
 *
 * Rejects with `InvalidResult` when an event grows past the limit or the text is not UTF-8, with `ConnectionClosed` when
 * the connection breaks or falls silent. Comments are ignored (H12), but show that the server is there.
 */
export const hearEvents = async (answer: Answer, reading: Reading, listener: Listener): Promise<boolean> => {
  const { silence, abort } = reading
  const parse = parserFor(reading, listener)
  let silent: ConnectionClosed | undefined
  const watch = watchSilence(silence, (reason) => {
    silent = reason
    abort.abort(reason)
    // Whatever the request is tied to, the read that waits must end.
    answer.cut()
  })
  try {
    const enough = await answer.read((chunk) => {
      watch.heard()
      return parse(chunk)
    })
    if (enough) answer.discard()
    // What came at the last moment still counts; it is the end that shows whose doing it was.
    else if (silent !== undefined) throw silent
    return enough
  } catch (error) {
    answer.cut()
    throw error
  } finally {
    watch.end()
  }
}
