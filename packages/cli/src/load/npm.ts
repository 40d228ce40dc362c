import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** A program and the words that come before all others. */
export type Launch = readonly [command: string, args: readonly string[]]

/**
 * How npm or npx is started: its own script, with this very Node, for on Windows the command is a batch file, which would
 * need a shell, and hosts know little of the PATH. Where the script is not found, the bare command.
 */
export const npmLaunch = (name: 'npm' | 'npx'): Launch => {
  const script = `${name}-cli.js`
  const bin = dirname(process.execPath)
  const running = process.env['npm_execpath'] ?? ''
  const places = [
    ...(/npm-cli\.[cm]?js$/.test(running) ? [dirname(running)] : []),
    join(bin, 'node_modules', 'npm', 'bin'),
    join(bin, '..', 'lib', 'node_modules', 'npm', 'bin'),
    ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node_modules', 'npm', 'bin')),
    // Where distributions of Linux put it.
    '/usr/share/nodejs/npm/bin',
  ]
  const path = places.map((place) => join(place, script)).find((each) => existsSync(each))
  return path === undefined ? [name, []] : [process.execPath, [path]]
}

/** What npm prints for some words; rejects with what it says when it fails. */
export const askNpm = (words: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const [command, args] = npmLaunch('npm')
    execFile(command, [...args, ...words], { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(stderr.trim() || error.message))
    })
  })
