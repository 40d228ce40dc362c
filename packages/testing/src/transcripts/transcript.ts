import { isObject } from '@parley/core'
import type { ClientCapabilities, Implementation } from '@parley/core'

/** A part of a transcript: a message, or what stands between messages. */
export type Part =
  | {
      kind: 'sent' | 'received'
      /** The message, without its arrow. */ text: string
      /** As it stands in the file. */ source: string
    }
  | { kind: 'prose'; source: string }

/** A conversation written down. */
export type Transcript = {
  /** The first line. */
  title: string
  /** Who the client is, by the `client:` line. */
  client: Implementation & { capabilities: ClientCapabilities }
  /** Whether a legacy conversation is opened before its first line; `handshake: none` says no. */
  handshake: boolean
  parts: Part[]
}

const arrows = { '-->': 'sent', '<--': 'received' } as const
const nobody = { name: 'transcript', version: '1' }

const arrowOf = (line: string): 'sent' | 'received' | undefined => {
  const start = line.slice(0, 3)
  return start === '-->' || start === '<--' ? arrows[start] : undefined
}

const readClient = (line: string): Transcript['client'] => {
  const value: unknown = JSON.parse(line)
  if (!isObject(value)) throw new SyntaxError(`client: takes an object, not ${line}`)
  return { ...nobody, capabilities: {}, ...value }
}

/**
 * Reads a transcript. A line that starts with an arrow begins a message, indented lines go on with it, and every other
 * line is prose.
 * @throws SyntaxError for a file without a title or a `client:` line that is no object
 */
export const readTranscript = (text: string): Transcript => {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const [title = ''] = lines
  if (title.trim() === '' || arrowOf(title) !== undefined)
    throw new SyntaxError('The first line of a transcript is its title')
  const transcript: Transcript = {
    title: title.trim(),
    client: { ...nobody, capabilities: {} },
    handshake: true,
    parts: [],
  }
  for (const line of lines) {
    const kind = arrowOf(line)
    const last = transcript.parts.at(-1)
    if (kind !== undefined) transcript.parts.push({ kind, text: line.slice(3).trim(), source: line })
    else if (last !== undefined && last.kind !== 'prose' && line.trim() !== '' && line.startsWith(' ')) {
      last.text += `\n${line.trim()}`
      last.source += `\n${line}`
    } else {
      if (line.startsWith('client:')) transcript.client = readClient(line.slice('client:'.length))
      if (line.trim() === 'handshake: none') transcript.handshake = false
      transcript.parts.push({ kind: 'prose', source: line })
    }
  }
  if (transcript.parts.some((part) => part.kind === 'sent' && opens(part.text))) transcript.handshake = false
  return transcript
}

const opens = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) && value['method'] === 'initialize'
  } catch {
    return false
  }
}

/** The text of a transcript. */
export const writeTranscript = (parts: readonly Part[]): string => parts.map(({ source }) => source).join('\n')
