import { isObject, parseJson } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { Readable } from 'node:stream'

const mostBytes = 33_554_432

/** Reads messages from a stream, one on each line; what is none of them goes to `stray`. A line without end ends the stream. */
export const readMessages = (
  stream: Readable,
  take: (message: JsonObject) => void,
  stray: (line: string) => void,
): void => {
  let parts: Buffer[] = []
  let size = 0
  const takeLine = (line: string): void => {
    if (line.trim() === '') return
    const message = readMessage(line)
    if (message === undefined) stray(line)
    else take(message)
  }
  stream.on('data', (chunk: Buffer) => {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end))
      takeLine(Buffer.concat(parts).toString())
      parts = []
      size = 0
      start = end + 1
    }
    if (start === chunk.length) return
    parts.push(chunk.subarray(start))
    size += chunk.length - start
    if (size > mostBytes) stream.destroy(new Error('A line is longer than any message may be'))
  })
}

const readMessage = (line: string): JsonObject | undefined => {
  try {
    const value = parseJson(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
