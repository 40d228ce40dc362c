import type { Connectable } from '@parley/client'
import type { Dial } from '@parley/protocol'
import { stdio } from '@parley/transports/stdio/client'
import type { StdioOptions } from '@parley/transports/stdio/client'
import { loadEntry } from '../entries.ts'
import type { Entry } from '../entries.ts'
import { givenVariables } from '../env.ts'
import type { Variables } from '../env.ts'
import { usage } from '../failure.ts'
import type { ServerFlags } from '../options.ts'
import { runCommand } from '../self.ts'
import { commandTarget, readTarget, unnamed, wordOf } from '../target.ts'
import type { Target } from '../target.ts'
import type { Line } from './flags.ts'

/** The target of a line, and the words that are left of it. */
export const targetOf = ({ words, command }: Line): { target: Target; rest: readonly string[] } => {
  if (command !== undefined) return { target: commandTarget(command), rest: words }
  const [first, ...rest] = words
  if (first === undefined) throw unnamed()
  return { target: readTarget(first), rest }
}

/** A flag that stands once for each value. */
export const repeated = (flag: string, values: readonly string[] = []): string[] =>
  values.flatMap((value) => [flag, value])

/** The command that runs a file's server over stdio with this very program. */
export const fileCommand = (
  target: Target & { kind: 'file' },
  flags: ServerFlags,
): [command: string, args: string[]] => {
  const extras = [...repeated('--with', flags.with), ...repeated('--with-editable', flags.withEditable)]
  return runCommand(wordOf(target), ...extras)
}

const pairOf = (header: string): [name: string, value: string] => {
  const at = header.indexOf(':')
  if (at < 1) throw usage(`--header takes NAME: VALUE, not ${JSON.stringify(header)}.`)
  return [header.slice(0, at).trim(), header.slice(at + 1).trim()]
}

/** The headers that a command line gives. @throws Failure for one that is none */
export const headersOf = (given: readonly string[] = []): Variables => Object.fromEntries(given.map(pairOf))

/** How to reach a URL, by the road that its scheme names; over HTTP with a login where the server wants one. */
const dialUrl = async (url: URL, headers: Variables): Promise<Dial | Connectable> => {
  if (url.protocol === 'http:' || url.protocol === 'https:') {
    const { http } = await import('@parley/transports/http/client')
    const authorized = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
    if (authorized) return http(url, { headers })
    const { loginFetch } = await import('./login.ts')
    return http(url, { headers, fetch: loginFetch(url) })
  }
  const { webSocket } = await import('@parley/transports/websocket/node')
  return webSocket(url, { headers })
}

/** How to reach the server of an entry; what is given comes before the entry's own variables. */
export const entryDial = async (entry: Entry, given: Variables, options: StdioOptions): Promise<Dial | Connectable> => {
  if (entry.kind === 'url') return dialUrl(new URL(entry.url), entry.headers)
  const { cwd, command, args } = entry
  const env = { ...entry.env, ...given }
  return stdio(command, args, { ...options, env, ...(cwd === undefined ? {} : { cwd }) })
}

/**
 * How to reach a target. Files and commands get this process's whole environment, for whoever typed them could have started
 * them in this very shell; an entry of a configuration gets what a host would give it.
 */
export const dialTarget = async (
  target: Target,
  flags: ServerFlags,
  options: StdioOptions = {},
): Promise<Dial | Connectable> => {
  const env = givenVariables(flags.envFile, flags.env)
  const whole = { ...options, env, inheritEnv: Object.keys(process.env) }
  switch (target.kind) {
    case 'url':
      return dialUrl(target.url, headersOf(flags.header))
    case 'entry':
      return entryDial(await loadEntry(target.path, target.name), env, options)
    case 'command':
      return stdio(target.command, target.args, whole)
    case 'file': {
      const [command, args] = fileCommand(target, flags)
      return stdio(command, args, whole)
    }
  }
}
