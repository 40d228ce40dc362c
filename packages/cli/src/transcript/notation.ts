import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { revisions } from '@parley/protocol'
import { conceal, layOut, readTranscript } from '@parley/testing/transcripts'
import type { Captures, Transcript } from '@parley/testing/transcripts'
import { basename, dirname, resolve } from 'node:path'
import { sentenceOf, usage } from '../failure.ts'

const known = (value: unknown, captures: Captures): unknown => {
  if (Array.isArray(value)) return value.map((each) => known(each, captures))
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, known(each, captures)]))
  for (const [name, text] of captures) if (text === value) return `<${name}>`
  return value
}

/**
 * One message as a line of a transcript. What the server seals or draws anew each time gets a placeholder; so does what the
 * host says after it, and nothing else that the host says.
 */
export const writeLine = (kind: 'sent' | 'received', message: JsonObject, captures: Captures): string =>
  kind === 'sent' ? `--> ${layOut(known(message, captures))}` : `<-- ${layOut(conceal(message, captures))}`

/** The JSON in a text; undefined for a text that is none. */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads a transcript. @throws Failure that says where it is broken */
export const readText = (text: string, path: string): Transcript => {
  const transcript = read(text, path)
  let line = 1
  for (const part of transcript.parts) {
    if (part.kind === 'received' && parsed(part.text) === undefined)
      throw usage(`${path}:${line}: what stands after the arrow is no JSON.`)
    line += part.source.split('\n').length
  }
  return transcript
}

const read = (text: string, path: string): Transcript => {
  try {
    return readTranscript(text)
  } catch (error) {
    throw usage(`${path}: ${sentenceOf(error)}.`)
  }
}

/** The revision that a transcript's lines mean: its folder says it, as for the tests that `@parley/testing` makes of it. */
export const revisionOf = (path: string): string => {
  const folder = basename(dirname(resolve(path)))
  const [newest] = revisions
  return revisions.find(({ version }) => version === folder)?.version ?? newest?.version ?? ''
}
