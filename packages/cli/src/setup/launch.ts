import type { Entry } from '../entries.ts'
import { loadEntry } from '../entries.ts'
import type { Variables } from '../env.ts'
import { installWanted } from '../load/extras.ts'
import { runCommand } from '../self.ts'
import { headersOf, repeated } from '../talk/dial.ts'
import { wordOf } from '../target.ts'
import type { Target } from '../target.ts'
import type { SetupFlags } from './flags.ts'

const extrasArguments = async (flags: SetupFlags): Promise<string[]> => {
  // Now, and not when the host starts the server: it would not wait for npm. The folder is named in full, since a host knows
  // none of the variables that say where caches are.
  const folder = await installWanted(flags)
  return folder === undefined ? [] : ['--extras', folder]
}

/** The entry that a target comes to, as it is where hosts can reach it themselves. */
export const entryFor = async (target: Target, flags: SetupFlags, env: Variables): Promise<Entry> => {
  if (target.kind === 'url') return { kind: 'url', url: target.url.href, headers: headersOf(flags.header) }
  if (target.kind === 'command') return { kind: 'stdio', command: target.command, args: target.args, env }
  if (target.kind === 'entry') {
    const entry = await loadEntry(target.path, target.name)
    return entry.kind === 'url' ? entry : { ...entry, env: { ...entry.env, ...env } }
  }
  const [command, args] = runCommand(wordOf(target), ...(await extrasArguments(flags)))
  return { kind: 'stdio', command, args, env }
}

/** An entry that starts this program to stand between a host that knows only stdio and a URL. */
export const bridged = ({ url, headers }: Entry & { kind: 'url' }): Entry => {
  const words = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const [command, args] = runCommand(url, ...repeated('-H', words))
  return { kind: 'stdio', command, args, env: {} }
}

const managed = /[\\/](?:\.nvm|\.fnm|fnm_multishells|fnm|\.volta|mise|\.asdf|\.nodenv|n[\\/]versions|Cellar)[\\/]/

/** What may break the command later, in sentences. */
export const launchWarnings = (command: string, args: readonly string[]): string[] => {
  const warnings: string[] = []
  if (managed.test(command)) {
    warnings.push(
      `${command} belongs to a version manager: install again after Node was upgraded, or the entry will break.`,
    )
  }
  if (args.some((arg) => /[\\/]_npx[\\/]/.test(arg))) {
    warnings.push(
      'This parley runs from the cache of npx, which npm may clear: install it with `npm install -g @parley/cli`.',
    )
  }
  return warnings
}
