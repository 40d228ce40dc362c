import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import type { Captures } from '@parley/testing/transcripts'
import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { codeOf, exitCodes, Failure, usage } from './failure.ts'
import { targetOf } from './talk/dial.ts'
import { readTimeout } from './talk/flags.ts'
import type { Line, TalkFlags } from './talk/flags.ts'
import { startFarSide } from './transcript/far-side.ts'
import type { FarSide } from './transcript/far-side.ts'
import { readText, revisionOf, writeLine } from './transcript/notation.ts'
import { Replay } from './transcript/replay.ts'
import type { Replayed } from './transcript/replay.ts'
import { readMessages } from './watch/lines.ts'

const openNew = (path: string): number => {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    const exists = codeOf(error) === 'EEXIST'
    throw usage(exists ? `${path} is there already: name another file.` : `${path} cannot be written: ${String(error)}`)
  }
}

/**
 * Serves a target over stdio and writes every message into a transcript: what a host sends after `-->`, what the server sends
 * after `<--`. The file is for the eyes of its owner alone, for there may be secrets in it.
 */
export const record = async (path: string, line: Line, flags: TalkFlags): Promise<void> => {
  const { target } = targetOf(line)
  const file = openNew(path)
  const captures: Captures = new Map()
  writeSync(file, `Recorded from ${target.shown}\n\n`)
  const far = startFarSide(target, flags, (message) => {
    writeSync(file, `${writeLine('received', message, captures)}\n`)
    process.stdout.write(`${JSON.stringify(message)}\n`)
  })
  readMessages(
    process.stdin,
    (message) => {
      writeSync(file, `${writeLine('sent', message, captures)}\n`)
      far.send(JSON.stringify(message))
    },
    (stray) => process.stderr.write(`The host sent what is no message: ${stray.slice(0, 200)}\n`),
  )
  const isOver = new Promise<void>((resolve) => {
    process.stdin.once('end', () => resolve())
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve())
  })
  await Promise.race([isOver, far.gone])
  const code = await far.end()
  closeSync(file)
  process.exit(code ?? 0)
}

const played = async (playing: Replay, far: FarSide): Promise<Replayed> => {
  try {
    return await playing.run()
  } finally {
    await far.end()
  }
}

/** Says a transcript's `-->` lines to a server and compares its answers with the `<--` lines, or writes those anew. */
export const replay = async (path: string, line: Line, flags: TalkFlags & { update?: boolean }): Promise<void> => {
  if (!existsSync(path)) throw usage(`${path} does not exist.`)
  const { target } = targetOf(line)
  const before = readFileSync(path, 'utf8')
  const transcript = readText(before, path)
  const { timeout, update = false } = flags
  const patience = timeout === undefined ? {} : { patience: readTimeout(timeout) }
  const options = { revision: revisionOf(path), update, ...patience }
  const far = startFarSide(target, flags, (message) => playing.take(message))
  const playing: Replay = new Replay(transcript, far, options)
  const { text, differences } = await played(playing, far)
  if (update) {
    if (text !== before) writeFileSync(path, text)
    process.stderr.write(text === before ? `${path} is as it was.\n` : `${path} is written anew.\n`)
    return
  }
  const messages = transcript.parts.filter((part) => part.kind === 'received').length
  if (differences === 0)
    return void process.stderr.write(`${path}: all ${messages} messages came as they are written.\n`)
  process.stdout.write(
    createTwoFilesPatch(path, 'what came', before, text, '', '', { headerOptions: FILE_HEADERS_ONLY }),
  )
  throw new Failure(
    `${path}: ${differences} ${differences === 1 ? 'message is' : 'messages are'} not as written.`,
    exitCodes.failed,
  )
}
