import type { Commands, Job } from './api.ts'

const plain = /^[\w@%+=:,./-]+$/

/** One argument for a POSIX shell, quoted where it must be. */
export const quoted = (text: string): string => (plain.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

const withArguments = (head: string, name: string, given: object): string =>
  [head, quoted(name), ...(Object.keys(given).length === 0 ? [] : [quoted(JSON.stringify(given))])].join(' ')

/** The shell command that does the same as a job; undefined where there is none. */
export const commandOf = (job: Job, commands: Commands | undefined): string | undefined => {
  if (commands === undefined) return undefined
  if (job.kind === 'tool') return withArguments(commands.call, job.name, job.arguments)
  if (job.kind === 'prompt') return withArguments(commands.prompt, job.name, job.arguments)
  return job.kind === 'read' ? `${commands.read} ${quoted(job.uri)}` : undefined
}
