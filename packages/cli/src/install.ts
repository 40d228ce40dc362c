import type { Entry } from './entries.ts'
import { readEntry } from './entries.ts'
import { entriesOf } from './edit/document.ts'
import { readText } from './edit/file.ts'
import { givenVariables } from './env.ts'
import type { Variables } from './env.ts'
import { exitCodes, Failure, usage } from './failure.ts'
import { hosts } from './hosts/all.ts'
import { dim, green, yellow } from './paint.ts'
import { checkEntry } from './setup/check.ts'
import type { Checked } from './setup/check.ts'
import type { SetupFlags } from './setup/flags.ts'
import { entryFor, launchWarnings } from './setup/launch.ts'
import { thisMachine } from './setup/machine.ts'
import { checkedName, derivedName, stemOf } from './setup/name.ts'
import { apply, diffOf, filesFor, filesHeld, planEntry, planRemoval, secretsIn, withSecrets } from './setup/plan.ts'
import type { Change } from './setup/plan.ts'
import { copy, printed, prints } from './setup/print.ts'
import { readTarget } from './target.ts'
import type { Target } from './target.ts'

export { doctor } from './setup/doctor.ts'

const say = (text: string): void => void process.stderr.write(`${text}\n`)

const warn = (text: string): void => say(`${yellow('note:', process.stderr)} ${text}`)

const present = (): string[] => {
  const machine = thisMachine()
  return hosts
    .filter((host) => host.files(machine, host.scopes[0]).some((file) => machine.exists(file.sign)))
    .map(({ id }) => id)
}

const pickHosts = async (): Promise<readonly string[]> => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return ['claude-desktop']
  const { isCancel, multiselect } = await import('@clack/prompts')
  const found = present()
  const options = hosts.map(({ id, title }) => ({
    value: id,
    label: title,
    ...(found.includes(id) ? {} : { hint: 'not found here' }),
  }))
  const picked = await multiselect({
    message: 'Which hosts?',
    options,
    initialValues: found.slice(0, 1),
    output: process.stderr,
  })
  if (isCancel(picked)) throw new Failure('Nothing was changed.', exitCodes.cancelled)
  return picked
}

/** Starts the server once, to see that it works and to learn its name. */
const tryOut = async (entry: Entry, flags: SetupFlags): Promise<Checked | undefined> => {
  try {
    return await checkEntry(withSecrets(entry, flags.secret))
  } catch (error) {
    if (flags.force !== true || !(error instanceof Failure)) throw error
    if (error.details !== undefined) say(error.details)
    warn(`the server does not start: ${error.message}`)
    return undefined
  }
}

const planAll = async (ids: readonly string[], name: string, entry: Entry, flags: SetupFlags): Promise<Change[]> => {
  const machine = thisMachine()
  const changes: Change[] = []
  for (const id of ids) {
    const { host, files } = filesFor(id, machine, flags)
    if (files.length > 1)
      warn(`${host.title} may read either of ${files.map((file) => file.path).join(' and ')}: both are written.`)
    for (const file of files) changes.push(await planEntry(host, file, name, entry, flags))
  }
  return changes
}

const stemFor = (target: Target): string =>
  target.kind === 'url' ? derivedName(target.url.hostname) : stemOf(target.kind === 'file' ? target.path : target.shown)

/** The name that the entry gets, once the server has started with what the host will give it. */
const settleName = async (ids: readonly string[], stem: string, entry: Entry, flags: SetupFlags): Promise<string> => {
  if (entry.kind === 'url') {
    const checked = await tryOut(entry, flags)
    return flags.name ?? derivedName(checked?.name ?? stem)
  }
  if (flags.name === undefined) {
    const checked = await checkEntry(withSecrets(entry, flags.secret)).catch(() => undefined)
    if (checked !== undefined) return derivedName(checked.name ?? stem)
  }
  // It may need variables that stand in an earlier entry.
  const name = flags.name ?? stem
  const [change] = await planAll(ids, name, entry, flags)
  await tryOut(change?.entry ?? entry, flags)
  return name
}

/** Makes a change, and says so. */
const carryOut = (change: Change, done: string, what: string): void => {
  const backup = apply(change)
  say(`${green(done, process.stderr)} ${what} ${change.file.path}`)
  if (backup !== undefined) say(dim(`the file as it was: ${backup}`, process.stderr))
}

const finish = async (change: Change, name: string, flags: SetupFlags): Promise<void> => {
  carryOut(change, 'written:', `${name} in`)
  // What counts is what stands in the file now, not what was meant.
  const entry = readEntry((await entriesOf(readText(change.file.path), change.file))[name])
  if (entry === undefined) throw new Failure(`${change.file.path} does not hold ${name}, though it was written there.`)
  const checked = await tryOut(entry, flags)
  if (checked !== undefined)
    say(`It starts and offers ${checked.tools} ${checked.tools === 1 ? 'tool' : 'tools'}. ${change.host.after}`)
}

const printForms = async (forms: readonly string[], entry: Entry, name: string, flags: SetupFlags): Promise<void> => {
  const text = forms.map((form) => printed(form, entry, name)).join('\n')
  process.stdout.write(text)
  const bare = forms.some((form) => form !== 'print')
  if (bare && secretsIn(entry).length > 0)
    warn('links and command lines hold no variables and no headers: set them in the host.')
  if (flags.copy === true && !(await copy(text))) warn('no program was found that puts text onto the clipboard.')
}

const warnOfSecrets = (changes: readonly Change[], names: readonly string[]): void => {
  if (names.length === 0 || changes.length === 0) return
  warn(`${names.join(', ')} will stand there as plain text.`)
  for (const host of new Set(changes.map((change) => change.host))) {
    if (host.secret !== undefined)
      warn(`with --secret NAME it does not, for ${host.title}: it is ${host.secret.source}.`)
  }
}

/** What the words of the command line come to: an entry, and a name for a server that does not say its own. */
const meant = async (text: string, flags: SetupFlags, env: Variables): Promise<{ entry: Entry; stem: string }> => {
  if (flags.published === true) {
    const { publishedAs, publishedEntry } = await import('./setup/published.ts')
    const found = await publishedAs(text)
    return { entry: publishedEntry(found, env), stem: derivedName(found.name) }
  }
  const target = readTarget(text)
  return { entry: await entryFor(target, flags, env), stem: stemFor(target) }
}

const checkSecret = (name: string): void => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw usage(`--secret takes the name of a variable, and no value, not ${JSON.stringify(name)}.`)
  if (process.env[name] === undefined)
    warn(`${name} is not set in this terminal, so the server is tried without it; set it, or add --force.`)
}

/** Writes a server into the files of hosts. Nothing is written before every file was read, and the server has started once. */
export const install = async (text: string, flags: SetupFlags): Promise<void> => {
  if (flags.name !== undefined) checkedName(flags.name)
  const env = givenVariables(flags.envFile, [...(flags.env ?? []), ...(flags.envVar ?? [])])
  const ids = flags.to ?? (await pickHosts())
  if (ids.length === 0) throw usage('Name a host with --to.')
  for (const each of flags.secret ?? []) checkSecret(each)
  if (flags.configPath !== undefined && ids.length > 1) throw usage('--config-path goes with one --to.')
  const machine = thisMachine()
  const written = ids.filter((id) => !prints.includes(id))
  for (const id of written) filesFor(id, machine, flags)
  const { entry, stem } = await meant(text, flags, env)
  const name = await settleName(written, stem, entry, flags)
  if (entry.kind === 'stdio') for (const line of launchWarnings(entry.command, entry.args)) warn(line)
  await printForms(
    ids.filter((id) => prints.includes(id)),
    entry,
    name,
    flags,
  )
  const changes = await planAll(written, name, entry, flags)
  if (flags.dryRun === true) return void process.stdout.write(changes.map(diffOf).join(''))
  warnOfSecrets(changes, secretsIn(entry))
  for (const change of changes) await finish(change, name, flags)
}

/** Removes an entry from the files of hosts: those that are named, or all that have it. */
export const uninstall = async (name: string, flags: SetupFlags): Promise<void> => {
  const machine = thisMachine()
  const ids = flags.to ?? (flags.configPath === undefined ? present() : ['claude-desktop'])
  const changes: Change[] = []
  for (const id of ids) {
    const { host, files } = filesHeld(id, machine, flags)
    for (const file of files) {
      const change = await planRemoval(host, file, name)
      if (change !== undefined) changes.push(change)
    }
  }
  if (changes.length === 0)
    throw new Failure(`No host has a server named ${JSON.stringify(name)}; parley doctor shows which there are.`)
  if (flags.dryRun === true) return void process.stdout.write(changes.map(diffOf).join(''))
  for (const change of changes) {
    carryOut(change, 'removed:', `${name} from`)
    say(change.host.after)
  }
}
