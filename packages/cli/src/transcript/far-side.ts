import type { JsonObject } from '@parley/core'
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { givenVariables } from '../env.ts'
import { runCommand } from '../self.ts'
import { fileCommand } from '../talk/dial.ts'
import type { TalkFlags } from '../talk/flags.ts'
import { wordOf } from '../target.ts'
import type { Target } from '../target.ts'
import { readMessages } from '../watch/lines.ts'

/** The command that talks over stdio for a target; what is elsewhere is reached through this program. */
const commandOf = (target: Target, flags: TalkFlags): [command: string, args: readonly string[]] => {
  if (target.kind === 'command') return [target.command, target.args]
  if (target.kind === 'file') return fileCommand(target, flags)
  return runCommand(wordOf(target))
}

/** A server as a process, talked to message by message and not understood. */
export type FarSide = {
  /** Sends one line, as it is. */
  send(text: string): void
  /** Closes its input, and settles with its exit code. */
  end(): Promise<number | null>
  readonly gone: Promise<number | null>
}

/** Starts the server of a target; `take` gets each message that it writes. */
export const startFarSide = (target: Target, flags: TalkFlags, take: (message: JsonObject) => void): FarSide => {
  const [command, args] = commandOf(target, flags)
  const env = { ...process.env, ...givenVariables(flags.envFile, flags.env) }
  const child: ChildProcessWithoutNullStreams = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  if (flags.quiet !== true) child.stderr.pipe(process.stderr)
  else child.stderr.resume()
  child.stdin.on('error', () => undefined)
  readMessages(child.stdout, take, (line) =>
    process.stderr.write(`The server wrote what is no message: ${line.slice(0, 200)}\n`),
  )
  const gone = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code))
  })
  return {
    send: (text) => void child.stdin.write(`${text.replaceAll('\n', ' ')}\n`),
    end: () => {
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000)
      return gone.finally(() => clearTimeout(timer))
    },
    gone,
  }
}
