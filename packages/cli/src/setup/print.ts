import type { JsonObject } from '@parley/core'
import { spawn } from 'node:child_process'
import type { Entry } from '../entries.ts'
import { plainEntry, typedEntry } from '../hosts/host.ts'

/** Ways to hand an entry to the user instead of writing it. */
export const prints: readonly string[] = ['print', 'stdio', 'deeplink']

/** A word as a shell of this platform reads it back. */
export const quoted = (word: string, platform: NodeJS.Platform = process.platform): string => {
  if (/^[\w@%+=:,./\\-]+$/.test(word)) return platform === 'win32' ? word : word.replaceAll('\\', '\\\\')
  return platform === 'win32' ? `"${word.replaceAll('"', '""')}"` : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

const withoutSecrets = (entry: Entry): Entry =>
  entry.kind === 'url' ? { ...entry, headers: {} } : { ...entry, env: {} }

const base64 = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64')

const gooseLink = (entry: Entry, name: string): string[] => {
  if (entry.kind === 'url') return []
  const query = new URLSearchParams([
    ['cmd', entry.command],
    ...entry.args.map((arg): [string, string] => ['arg', arg]),
  ])
  query.append('id', name)
  query.append('name', name)
  return [`goose://extension?${query.toString().replaceAll('+', '%20')}`]
}

/** Links that the hosts open. They travel through browsers and their histories, so they hold no variables. */
export const deeplinks = (entry: Entry, name: string): string[] => {
  const bare = withoutSecrets(entry)
  const cursor = new URLSearchParams({ name, config: base64(plainEntry(bare)) })
  const code = encodeURIComponent(JSON.stringify({ name, ...typedEntry(bare) }))
  return [
    `cursor://anysphere.cursor-deeplink/mcp/install?${cursor.toString().replaceAll('+', '%20')}`,
    `vscode:mcp/install?${code}`,
    ...gooseLink(bare, name),
  ]
}

const commandLine = (entry: Entry): string =>
  entry.kind === 'url' ? entry.url : [entry.command, ...entry.args].map((word) => quoted(word)).join(' ')

/** What one of the printed forms comes to. */
export const printed = (form: string, entry: Entry, name: string): string => {
  if (form === 'stdio') return `${commandLine(entry)}\n`
  if (form === 'deeplink') return `${deeplinks(entry, name).join('\n')}\n`
  return `${JSON.stringify({ mcpServers: { [name]: typedEntry(entry) } }, undefined, 2)}\n`
}

const clipboards = (platform: NodeJS.Platform): [command: string, args: string[]][] => {
  if (platform === 'darwin') return [['pbcopy', []]]
  if (platform === 'win32') return [['clip', []]]
  return [
    ['wl-copy', []],
    ['xclip', ['-selection', 'clipboard']],
    ['xsel', ['--clipboard', '--input']],
  ]
}

const fed = (command: string, args: readonly string[], text: string): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] })
    child.on('error', () => resolve(false))
    child.on('close', (code) => resolve(code === 0))
    child.stdin.on('error', () => undefined)
    child.stdin.end(text)
  })

/** Puts a text onto the clipboard; false where no program for that is found. */
export const copy = async (text: string): Promise<boolean> => {
  for (const [command, args] of clipboards(process.platform)) if (await fed(command, args, text)) return true
  return false
}
