import { ConnectionClosed } from '@parley/core'
import { existsSync } from 'node:fs'
import { win32 } from 'node:path'

/** The machine that a command is to run on. */
export type Machine = {
  readonly platform: NodeJS.Platform
  readonly execPath: string
  readonly exists: (path: string) => boolean
}

const here: Machine = { platform: process.platform, execPath: process.execPath, exists: existsSync }

/**
 * The program and arguments that run a command without a shell.
 *
 * Only Windows differs: `npx` and `npm` are batch files there, and a batch file needs a shell, whose quoting cannot be
 * trusted with arguments. Those two are run as the scripts they start; other batch files are refused.
 * @throws ConnectionClosed for a batch file that cannot be run so
 */
export const launchable = (
  command: string,
  args: readonly string[],
  machine: Machine = here,
): [program: string, args: readonly string[]] => {
  if (machine.platform !== 'win32') return [command, args]
  const name = command.toLowerCase().replace(/\.cmd$/, '')
  if (name === 'npx' || name === 'npm') {
    const script = win32.join(win32.dirname(machine.execPath), 'node_modules', 'npm', 'bin', `${name}-cli.js`)
    if (machine.exists(script)) return [machine.execPath, [script, ...args]]
  }
  if (/\.(?:cmd|bat)$/i.test(command)) {
    throw new ConnectionClosed(
      `${command} is a batch file, which only a shell can run; name the program that it starts`,
    )
  }
  return [command, args]
}
