import { Command, CommanderError, Option } from 'commander'
import { exitCodes, Failure } from './failure.ts'
import {
  configPathOption,
  dryRunOption,
  environmentOptions,
  headerOption,
  hostOption,
  many,
  scopeOption,
  talkOptions,
  targetHelp,
  variableOption,
} from './options.ts'
import type { RunFlags } from './run.ts'
import { ownVersion } from './self.ts'
import type { SetupFlags } from './setup/flags.ts'
import type { TalkFlags } from './talk/flags.ts'

const groups = {
  work: 'Make a server:',
  talk: 'Try a server, from a file, a URL, a configuration or a command:',
  hosts: 'Give it to Claude, Cursor, VS Code and others:',
  transcripts: 'Keep a conversation as a test:',
} as const

const serveOptions = (command: Command): Command =>
  environmentOptions(command)
    .option('-t, --transport <ROAD>', 'stdio, http or ws', 'stdio')
    .option('-p, --port <N>', 'the port to listen on; 0 takes a free one')
    .option('--host <ADDRESS>', 'the address to listen on (127.0.0.1)')
    .addOption(many('--allow <NAME>', 'a name under which others reach a server that listens beyond this machine'))

const addRun = (program: Command): void => {
  serveOptions(program.command('run'))
    .helpGroup(groups.work)
    .summary('serves a file, or a URL, over stdio, HTTP or WebSocket')
    .description('Serves a target; what stands after -- is for the file itself.')
    .argument('<target>', targetHelp)
    .argument('[words...]', 'what the file reads as its arguments')
    .addOption(headerOption())
    .option('--reload', 'starts the server anew when a file changes, and keeps the connection')
    .addOption(new Option('--extras <FOLDER>').hideHelp())
    .action(async (target: string, words: string[], flags: RunFlags) => {
      const { run } = await import('./run.ts')
      await run(target, words, flags)
    })
}

const addDev = (program: Command, split: SplitLine): void => {
  environmentOptions(program.command('dev'))
    .helpGroup(groups.work)
    .summary('shows a file in the inspector, and reloads when it changes')
    .description('Serves a page on this machine that shows and calls a server; reloads when a file changes.')
    .usage('[options] <target>')
    .argument('[target]', `${targetHelp}; or a command after --`)
    .addOption(headerOption())
    .option('-p, --port <N>', 'the port of the page; a free one otherwise')
    .option('--no-open', 'opens no browser')
    .action(async (target: string | undefined, flags: RunFlags & { open?: boolean }) => {
      const { dev } = await import('./dev.ts')
      await dev({ words: target === undefined ? [] : [target], command: split.command }, flags)
    })
}

const addSetup = (program: Command): void => {
  environmentOptions(program.command('install'))
    .helpGroup(groups.hosts)
    .summary('adds a server to the hosts on this machine, and tries it')
    .description('Writes an entry that starts a server into the configuration of one host or several.')
    .argument('<target>', targetHelp)
    .addOption(variableOption())
    .addOption(headerOption())
    .addOption(hostOption())
    .option('-n, --name <NAME>', "the entry's name; the server's own otherwise")
    .addOption(many('--secret <NAME>', 'a variable that the host asks for or has itself; its value is not written'))
    .addOption(many('--unset <NAME>', 'removes a variable that an earlier entry had'))
    .addOption(scopeOption())
    .addOption(configPathOption())
    .option('--published', 'the target is a package on npm, which npx starts in this version')
    .addOption(dryRunOption())
    .option('--force', 'writes even where the host has never run, or the server does not start')
    .option('--copy', 'puts what is printed onto the clipboard, too')
    .action(async (target: string, flags: SetupFlags) => {
      const { install } = await import('./install.ts')
      await install(target, flags)
    })
  program
    .command('uninstall')
    .helpGroup(groups.hosts)
    .summary('removes a server from the hosts on this machine')
    .argument('<name>', "the entry's name")
    .addOption(hostOption())
    .addOption(scopeOption())
    .addOption(configPathOption())
    .addOption(dryRunOption())
    .action(async (name: string, flags: SetupFlags) => {
      const { uninstall } = await import('./install.ts')
      await uninstall(name, flags)
    })
  program
    .command('doctor')
    .helpGroup(groups.hosts)
    .summary('starts what the hosts have, and says what is wrong')
    .addOption(hostOption())
    .addOption(configPathOption())
    .option('--no-start', 'reads the files and starts nothing')
    .option('--json', 'prints JSON')
    .action(async (flags: SetupFlags) => {
      const { doctor } = await import('./install.ts')
      await doctor(flags)
    })
}

const addTalk = (program: Command, split: SplitLine): void => {
  const verb = (name: string, words: string, summary: string): Command =>
    talkOptions(program.command(name))
      .helpGroup(groups.talk)
      .summary(summary)
      .usage(`[options] <target> ${words}`.trim())
      .argument('[words...]', `the target, ${targetHelp}, or a command after --; then ${words || 'nothing'}`)
      .action(async (given: string[], flags: TalkFlags) => {
        const { talk } = await import('./talk.ts')
        await talk(name, { words: given, command: split.command }, flags)
      })
  verb('inspect', '', 'shows what a server is and what it offers')
  verb('list', '[tools|prompts|resources|templates]', 'lists what a server offers')
  verb('call', '<tool> [name=value...]', 'calls a tool')
    .option('--args <JSON>', 'all arguments as one JSON object; - reads it from stdin')
    .addOption(many('--answer <JSON>', 'an answer to a question that the tool asks; one for each, in order'))
  verb('read', '<uri>', 'reads a resource').option('-o, --output <FILE>', 'writes it to a file')
  verb('prompt', '<name> [name=value...]', 'shows a prompt, filled in')
  verb('complete', '<prompt|uri-template> <argument> [start] [name=value...]', 'shows what an argument may become')
}

const addRecord = (program: Command, split: SplitLine): void => {
  talkOptions(program.command('record'))
    .helpGroup(groups.transcripts)
    .summary('writes down what a host and a server say')
    .usage('[options] <file> <target>')
    .description('Serves a target over stdio, and writes every message into a transcript.')
    .argument('<file>', 'the transcript to write')
    .argument('[target]', targetHelp)
    .action(async (file: string, target: string | undefined, flags: TalkFlags) => {
      const { record } = await import('./record.ts')
      await record(file, { words: target === undefined ? [] : [target], command: split.command }, flags)
    })
  talkOptions(program.command('replay'))
    .helpGroup(groups.transcripts)
    .summary('says it again, and compares the answers')
    .usage('[options] <file> <target>')
    .argument('<file>', 'the transcript to check')
    .argument('[target]', targetHelp)
    .option('--update', 'writes the answers into the transcript')
    .action(async (file: string, target: string | undefined, flags: TalkFlags & { update?: boolean }) => {
      const { replay } = await import('./record.ts')
      await replay(file, { words: target === undefined ? [] : [target], command: split.command }, flags)
    })
}

/** A command line in two: what is ours, and what stands after `--`, if that stands there. */
type SplitLine = { readonly own: readonly string[]; readonly command: readonly string[] | undefined }

const talking = new Set(['dev', 'inspect', 'list', 'call', 'read', 'prompt', 'complete', 'record', 'replay'])

const splitLine = (line: readonly string[]): SplitLine => {
  const at = line.indexOf('--')
  if (at < 0 || !talking.has(line[0] ?? '')) return { own: line, command: undefined }
  return { own: line.slice(0, at), command: line.slice(at + 1) }
}

const exitHelp = `
parley help COMMAND shows what a command takes.

Exit codes: 0 well, 1 failed, 2 wrong command line or file, 3 no connection,
4 the server refused, 5 the tool failed, 130 Ctrl-C.`

const makeProgram = (split: SplitLine): Command => {
  const program = new Command('parley')
    .description('Runs, tries and installs Model Context Protocol servers.')
    .usage('COMMAND [options]')
    .version(ownVersion(), '-v, --version', 'shows the version')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .helpCommand(false)
    // Else its own -v would be taken for that of a command.
    .enablePositionalOptions()
    .helpOption('-h, --help', 'shows this')
    .showHelpAfterError(false)
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', exitHelp)
    .exitOverride()
  addRun(program)
  addDev(program, split)
  addSetup(program)
  addTalk(program, split)
  addRecord(program, split)
  for (const command of program.commands) command.exitOverride().configureOutput({ outputError: () => undefined })
  return program
}

// `help run` is `run --help`: a command of its own would be one more line in every help.
const withHelp = (line: readonly string[], program: Command): readonly string[] => {
  const [first = 'help', command, ...more] = line
  if (first !== 'help') return line
  if (command === undefined) return ['--help']
  const isKnown = program.commands.some((each) => each.name() === command)
  return isKnown ? [command, ...more, '--help'] : [command]
}

/**
 * Reads a command line and does what it says.
 * @throws Failure for a line that cannot be read, and whatever the command throws
 */
export const runCommandLine = async (line: readonly string[]): Promise<void> => {
  const split = splitLine(line)
  const program = makeProgram(split)
  try {
    await program.parseAsync(withHelp(split.own, program), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return
    throw new Failure(
      `${error.message.replace(/^error: /, '').replace(/\.$/, '')}. See parley --help.`,
      exitCodes.usage,
    )
  }
}
