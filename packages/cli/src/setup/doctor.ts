import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { entriesOf } from '../edit/document.ts'
import { readText } from '../edit/file.ts'
import { readEntry } from '../entries.ts'
import type { Entry } from '../entries.ts'
import { exitCodes, Failure, sentenceOf } from '../failure.ts'
import { hosts } from '../hosts/all.ts'
import type { Host, HostFile } from '../hosts/host.ts'
import { bold, dim, green, red, yellow } from '../paint.ts'
import { checkEntry } from './check.ts'
import type { SetupFlags } from './flags.ts'
import { launchWarnings } from './launch.ts'
import { thisMachine } from './machine.ts'
import { filesHeld } from './plan.ts'

/** What was found about one entry, or about a file as a whole. */
export type Finding = {
  readonly host: string
  readonly path: string
  readonly name: string | undefined
  readonly state: 'well' | 'doubtful' | 'broken'
  readonly says: string
}

const doubtsOf = (entry: Entry): string[] => {
  if (entry.kind === 'url') return []
  const doubts = launchWarnings(entry.command, entry.args)
  if (!isAbsolute(entry.command)) {
    doubts.push(
      `${entry.command} is looked for in the PATH of the host, which may be another than that of this terminal.`,
    )
  } else if (!existsSync(entry.command)) doubts.push(`${entry.command} is not there.`)
  return doubts
}

const findEntry = async (
  at: Pick<Finding, 'host' | 'path' | 'name'>,
  value: unknown,
  starts: boolean,
): Promise<Finding> => {
  const entry = readEntry(value)
  if (entry === undefined) return { ...at, state: 'doubtful', says: 'It says neither a command nor a URL.' }
  const doubts = doubtsOf(entry)
  const state = doubts.length === 0 ? 'well' : 'doubtful'
  if (!starts) return { ...at, state, says: doubts.join(' ') }
  try {
    const { tools, version } = await checkEntry(entry)
    return { ...at, state, says: [`It starts, speaks ${version} and offers ${tools} tools.`, ...doubts].join(' ') }
  } catch (error) {
    const details = error instanceof Failure && error.details !== undefined ? `\n${error.details}` : ''
    return {
      ...at,
      state: 'broken',
      says: [`It does not start: ${sentenceOf(error)}`, ...doubts].join(' ') + details,
    }
  }
}

const findFile = async (host: Host, file: HostFile, starts: boolean): Promise<Finding[]> => {
  const at = { host: host.title, path: file.path }
  try {
    const found: Finding[] = []
    for (const [name, value] of Object.entries(await entriesOf(readText(file.path), file))) {
      found.push(await findEntry({ ...at, name }, value, starts))
    }
    return found
  } catch (error) {
    return [{ ...at, name: undefined, state: 'broken', says: sentenceOf(error) }]
  }
}

const filesToRead = (flags: SetupFlags): { host: Host; file: HostFile }[] => {
  const machine = thisMachine()
  const wanted = flags.to ?? (flags.configPath === undefined ? hosts.map((host) => host.id) : ['claude-desktop'])
  const all = wanted.flatMap((id) => {
    const { host, files } = filesHeld(id, machine, flags)
    return files.map((file) => ({ host, file }))
  })
  return all.filter(({ file }) => machine.exists(file.path))
}

const marks = { well: green, doubtful: yellow, broken: red }

const shown = (findings: readonly Finding[]): string => {
  const lines: string[] = []
  let path = ''
  for (const finding of findings) {
    if (finding.path !== path) lines.push(`${bold(finding.host)} ${dim(finding.path)}`)
    path = finding.path
    lines.push(`  ${marks[finding.state](finding.state)} ${finding.name ?? ''}: ${finding.says}`)
  }
  return lines.join('\n')
}

/** Starts what the hosts' files name, as the hosts would, and says what is wrong. */
export const doctor = async (flags: SetupFlags): Promise<void> => {
  const files = filesToRead(flags)
  const findings: Finding[] = []
  for (const { host, file } of files) findings.push(...(await findFile(host, file, flags.start !== false)))
  if (flags.json === true) process.stdout.write(`${JSON.stringify(findings, undefined, 2)}\n`)
  else if (findings.length === 0) process.stdout.write('No host on this machine has a server.\n')
  else process.stdout.write(`${shown(findings)}\n`)
  const broken = findings.filter((finding) => finding.state === 'broken').length
  if (broken > 0)
    throw new Failure(`${broken} of ${findings.length} ${broken === 1 ? 'is' : 'are'} broken.`, exitCodes.failed)
}
