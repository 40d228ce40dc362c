import { spawn, spawnSync } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { environment, heard, main } from './cli-process.ts'

/** Whether there is a program that gives a command a terminal: the one of util-linux, whose flags are its own. */
export const hasTerminals: boolean = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
)

/** `parley` on a terminal, with somebody at the keys. */
export type Terminal = {
  /** Settles once the screen has shown what a pattern finds, from the last match on. */
  shows(pattern: RegExp): Promise<string>
  type(keys: string): void
  /** Settles with the exit code, and all that was on the screen. */
  readonly ended: Promise<{ readonly code: number | null; readonly screen: string }>
}

/** The keys that people press. */
export const keys = { enter: '\r', interrupt: '\u0003' } as const

const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`

/** Starts `parley` on a terminal of its own. */
export const onTerminal = (args: readonly string[], cwd: string, env: Record<string, string> = {}): Terminal => {
  const line = [process.execPath, main, ...args].map(quoted).join(' ')
  const child = spawn('script', ['-qfec', `stty cols 100 rows 40; ${line}`, '/dev/null'], {
    cwd,
    env: environment(cwd, { TERM: 'xterm', ...env }),
  })
  let screen = ''
  child.stdout.on('data', (chunk: Buffer) => void (screen += chunk.toString()))
  return {
    shows: (pattern) => heard(child.stdout, pattern),
    type: (text) => void child.stdin.write(text),
    ended: new Promise((resolve) => {
      child.once('close', (code) => resolve({ code, screen: stripVTControlCharacters(screen) }))
    }),
  }
}
