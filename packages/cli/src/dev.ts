import { inspect } from '@parley/inspector'
import type { Inspector } from '@parley/inspector'
import { existsSync } from 'node:fs'
import { askedToEnd } from './ending.ts'
import { codeOf, usage } from './failure.ts'
import { openPage } from './open.ts'
import type { ServerFlags } from './options.ts'
import { bold, dim } from './paint.ts'
import { readPort } from './port.ts'
import { quoted } from './setup/print.ts'
import { dialTarget, repeated, targetOf } from './talk/dial.ts'
import type { Line } from './talk/flags.ts'
import type { Target } from './target.ts'
import { reporting } from './watch/crash.ts'
import { watchAround } from './watch/files.ts'

/** What the command line says of how to develop. */
export type DevFlags = ServerFlags & {
  readonly port?: string
  readonly open?: boolean
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** The command line that does from a terminal what a button of the page does: the page adds the words. */
const cliCommand = (target: Target, flags: DevFlags): ((verb: string) => string) | undefined => {
  // A command ends the line, so nothing could be added to it.
  if (target.kind === 'command') return undefined
  const extras = [
    ...repeated('--with', flags.with),
    ...repeated('--with-editable', flags.withEditable),
    ...repeated('-f', flags.envFile),
    ...repeated('-H', target.kind === 'url' ? flags.header : []),
  ]
  return (verb) => ['parley', verb, ...extras, target.shown].map((word) => quoted(word)).join(' ')
}

const serveInspector = async (target: Target, flags: DevFlags): Promise<Inspector> => {
  const port = readPort(flags.port ?? '0')
  const held: { inspector?: Inspector } = {}
  // The program may speak, and even die, before the page is served.
  const early: ((inspector: Inspector) => void)[] = []
  const tell = (inform: (inspector: Inspector) => void): void => {
    if (held.inspector === undefined) early.push(inform)
    else inform(held.inspector)
  }
  const stderr = (chunk: string): void => {
    process.stderr.write(dim(chunk, process.stderr))
    tell((inspector) => inspector.stderr(chunk))
  }
  const crashed = (how: string, report: string): void => {
    const next = target.kind === 'file' ? 'the next save' : 'the button on it'
    say(`${how}. The page stays; ${next} starts it anew.`)
    tell((inspector) => inspector.crashed(report))
  }
  try {
    const dial = await dialTarget(target, flags, { stderr })
    const command = cliCommand(target, flags)
    held.inspector = await inspect({
      target: typeof dial === 'function' ? reporting(dial, target.shown, crashed) : dial,
      title: target.shown,
      ...(command === undefined ? {} : { command }),
      port,
    })
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE')
      throw usage(`Port ${flags.port} is in use: choose another with --port, or leave it out.`)
    throw error
  }
  for (const inform of early) inform(held.inspector)
  return held.inspector
}

/** Serves the inspector for a target; where that is a file, starts it anew each time a file beside it changes. */
export const dev = async (line: Line, flags: DevFlags): Promise<void> => {
  const { target } = targetOf(line)
  const over = askedToEnd()
  await using inspector = await serveInspector(target, flags)
  say(`${bold('The inspector is at', process.stderr)} ${inspector.url}`)
  say('Ctrl-C ends it.')
  if (flags.open !== false) openPage(inspector.url)
  if (target.kind !== 'file') return await over
  await using watching = watchAround(target.path, (path) => {
    // Between two steps of an editor's, the file may not be there.
    if (!existsSync(target.path)) return
    say(dim(`${path} changed; starting anew`, process.stderr))
    void inspector.reload()
  })
  await watching.ready
  await over
}
