import type { Responder } from '@parley/protocol'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { play } from './play.ts'
import { readTranscript, writeTranscript } from './transcript.ts'

/** Which transcript a server is wanted for. */
export type TranscriptPlace = {
  /** The revision, from the folder's name. */
  revision: string
  /** The file's name without its ending. */
  name: string
  title: string
}

/** Makes the server of one transcript; disposed of after it, if it can be. */
export type MakeTranscriptServer = (
  transcript: TranscriptPlace,
) => (Responder & Partial<AsyncDisposable>) | Promise<Responder & Partial<AsyncDisposable>>

/** How transcripts are run. */
export type TranscriptOptions = {
  /** Whether `<--` lines are written anew rather than compared. @default whether UPDATE_TRANSCRIPTS is 1 */
  update?: boolean
}

const foldersIn = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))

const runOne = async (
  path: string,
  place: TranscriptPlace,
  makeServer: MakeTranscriptServer,
  update: boolean,
): Promise<void> => {
  const text = readFileSync(path, 'utf8')
  const server = await makeServer(place)
  try {
    const played = writeTranscript(
      await play(readTranscript(text), server, { revision: place.revision, recording: update }),
    )
    if (!update) expect(played).toBe(text)
    else if (played !== text) writeFileSync(path, played)
  } finally {
    await server[Symbol.asyncDispose]?.()
  }
}

/**
 * Plays every conversation in `dir/<revision>/*.txt` to a server, each as a test of its own named by its first line.
 *
 * What the server says must be what the `<--` lines say; the failure is a diff of the two. `UPDATE_TRANSCRIPTS=1` writes
 * those lines anew instead. The README of this package tells what a transcript looks like.
 *
 * @example
 * runTranscripts(join(import.meta.dirname, 'transcripts'), () => makeServer())
 */
export const runTranscripts = (
  dir: string,
  makeServer: MakeTranscriptServer,
  options: TranscriptOptions = {},
): void => {
  const { update = process.env['UPDATE_TRANSCRIPTS'] === '1' } = options
  for (const revision of foldersIn(dir).toSorted()) {
    const files = readdirSync(join(dir, revision)).filter((file) => file.endsWith('.txt'))
    describe(revision, () => {
      for (const file of files.toSorted()) {
        const path = join(dir, revision, file)
        const [title = file] = readFileSync(path, 'utf8').split('\n')
        const place = { revision, name: file.slice(0, -'.txt'.length), title: title.trim() }
        it(`${title.trim()} (${file})`, () => runOne(path, place, makeServer, update), update ? 60_000 : undefined)
      }
    })
  }
}
