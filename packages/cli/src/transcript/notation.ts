import { isObject, parseJson } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { usage } from '../failure.ts'

/** A message of a transcript, with its direction and as it is written. */
export type Message = {
  readonly kind: 'sent' | 'received'
  readonly message: JsonObject
  readonly source: string
}

/** A part of a transcript: a message, or prose. */
export type Part = Message | { readonly kind: 'prose'; readonly source: string }

const arrows = { sent: '-->', received: '<--' } as const

/** One message as a line of a transcript. */
export const writeLine = (kind: 'sent' | 'received', message: JsonObject): string =>
  `${arrows[kind]} ${JSON.stringify(message)}`

const directionOf = (line: string): 'sent' | 'received' | undefined => {
  if (line.startsWith(arrows.sent)) return 'sent'
  return line.startsWith(arrows.received) ? 'received' : undefined
}

const readMessage = (text: string, path: string, line: number): JsonObject => {
  try {
    const value = parseJson(text)
    if (isObject(value)) return { jsonrpc: '2.0', ...value }
  } catch {
    // Said below.
  }
  throw usage(`${path}:${line}: what stands after the arrow is no JSON object.`)
}

/** Reads a transcript: arrows begin messages, indented lines go on with them, the rest is prose. @throws Failure */
export const readParts = (text: string, path: string): Part[] => {
  const blocks: { line: number; source: string }[] = []
  for (const [index, source] of text.split(/\r?\n/).entries()) {
    const last = blocks.at(-1)
    const goesOn =
      source.startsWith(' ') && source.trim() !== '' && last !== undefined && directionOf(last.source) !== undefined
    if (goesOn) last.source += `\n${source}`
    else blocks.push({ line: index + 1, source })
  }
  return blocks.map(({ line, source }): Part => {
    const kind = directionOf(source)
    if (kind === undefined) return { kind: 'prose', source }
    return { kind, message: readMessage(source.slice(arrows[kind].length), path, line), source }
  })
}
