import { Option } from 'commander'
import type { Command } from 'commander'

/** What the command line says of a server: how to start it, or what to say to its URL. */
export type ServerFlags = {
  readonly header?: readonly string[]
  readonly env?: readonly string[]
  readonly envFile?: readonly string[]
  readonly with?: readonly string[]
  readonly withEditable?: readonly string[]
}

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value]

/** An option that may stand more than once. */
export const many = (flags: string, description: string): Option => new Option(flags, description).argParser(collect)

/** What a target may be, for help texts. */
export const targetHelp =
  'a file (server.ts, server.ts:NAME), a URL, or an entry of a configuration file (mcp.json:NAME)'

/** Adds what the process that runs a file is told. */
export const environmentOptions = (command: Command): Command =>
  command
    .addOption(many('-e, --env <NAME=VALUE>', 'sets a variable for the server; may stand more than once'))
    .addOption(
      many('-f, --env-file <FILE>', 'sets the variables of a .env file; a later one comes before an earlier one'),
    )
    .addOption(many('--with <PACKAGE>', 'a package that the file needs and its project lacks, as zod or zod@4'))
    .addOption(many('--with-editable <FOLDER>', 'the same, from the folder where it is worked on'))

/** What is said to a URL with every request. */
export const headerOption = (): Option => many('-H, --header <NAME: VALUE>', 'a header for every request to a URL')

/** The option that `-e` is known by elsewhere. */
export const variableOption = (): Option =>
  many('-v, --env-var <NAME=VALUE>', 'the same as -e, as it is called elsewhere').hideHelp()

/** Which hosts are meant. */
export const hostOption = (): Option =>
  many(
    '--to <HOST>',
    'claude-desktop, claude-code, cursor, vscode, gemini, codex, windsurf, zed, goose, print, stdio or deeplink',
  )

/** Which of a host's files is meant, by whom it is for. */
export const scopeOption = (): Option =>
  new Option('--scope <SCOPE>', 'where the host has several files').choices(['user', 'project', 'local'])

/** Which of a host's files is meant, by its path. */
export const configPathOption = (): Option =>
  new Option('--config-path <FILE>', "the host's file, where it is not where it is looked for")

/** Whether changes are only shown. */
export const dryRunOption = (): Option => new Option('--dry-run', 'shows what would change, and writes nothing')

/** Adds what every command that talks to a server takes. */
export const talkOptions = (command: Command): Command =>
  environmentOptions(command)
    .option('--json', 'prints JSON')
    .addOption(
      new Option('--era <ERA>', 'which revisions are spoken').choices(['auto', 'legacy', 'modern']).default('auto'),
    )
    .addOption(headerOption())
    .option('--timeout <SECONDS>', 'how long to wait without a sign of life')
    .option('-q, --quiet', "keeps the server's stderr back")
