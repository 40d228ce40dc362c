import { fileURLToPath } from 'node:url'
import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import type { ElicitResult } from '@parley/core'
import { revisions } from '@parley/protocol'
import { stdio } from '@parley/transports/stdio/client'
import { bold, cyan, dim, green } from './paint.ts'
import { steps } from './steps.ts'

const main = fileURLToPath(new URL('./main.js', import.meta.url))
const say = (line = ''): void => console.log(line)

/** Whoever waits longer than this for a server on the same machine waits for nothing. */
const patience = 5000

/** Starts the server as a process of its own, connects to it, and closes both again. */
const withClient = async (
  options: { versions: readonly string[]; onElicit: (question: { message: string }) => ElicitResult },
  visit: (client: Client) => Promise<void>,
): Promise<void> => {
  const own = { name: 'walk', version: '1.0.0', timeout: patience, signal: AbortSignal.timeout(patience) }
  const client = await connect(stdio(process.execPath, [main], { stderr: 'ignore' }), { ...own, ...options })
  try {
    await visit(client)
  } finally {
    await client.close()
  }
}

const title = (name: string, client: Client): void =>
  say(`\n${bold(name)}  ${dim(`${client.info?.name} ${client.info?.version}, revision ${client.version}`)}\n`)

/** The one callback that answers for the user, in both eras. */
const onElicit = ({ message }: { message: string }): ElicitResult => {
  say(`    ${cyan('?')} the server asks the user: ${message}`)
  return { action: 'accept', content: { message: 'Hello from the user' } }
}

/** Takes every step and shows it; gives the answers. */
const walk = async (name: string, versions: readonly string[]): Promise<readonly string[]> => {
  const answers: string[] = []
  await withClient({ versions, onElicit }, async (client) => {
    title(name, client)
    for (const { code, run } of steps) {
      say(`  ${code}`)
      const answer = await run(client)
      say(`    ${green('→')} ${answer}`)
      answers.push(answer)
    }
  })
  return answers
}

const versionsOf = (era: 'modern' | 'legacy'): string[] =>
  revisions.filter((revision) => revision.era === era).map((revision) => revision.version)

/** Walks through both eras, and holds the answers of the second against those of the first. */
const walkBoth = async (): Promise<void> => {
  const modern = await walk('The modern era: every request stands alone', versionsOf('modern'))
  const legacy = await walk('The legacy era: a handshake, then a session', versionsOf('legacy'))
  for (const [index, { code }] of steps.entries()) {
    if (legacy[index] === modern[index]) continue
    throw new Error(`${code} answered “${legacy[index]}”, not “${modern[index]}” as before`)
  }
  say(`\n  ${green('✓')} the same ${steps.length} answers in both eras, from handlers and a callback written once`)
}

const plain = /^[\w@%+=:,./-]+$/
/** A word as a POSIX shell reads it. */
const quoted = (word: string): string => (plain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)

const howToGoOn = (): string => {
  const entry = { command: process.execPath, args: [main] }
  const command = [process.execPath, main].map(quoted).join(' ')
  return `
${bold('Look at the messages on the wire')}

  node apps/echo/dist/main.js hello

${bold('Use it in a real host')}

  ${dim('Claude Code')}
  claude mcp add echo -- ${command}

  ${dim('VS Code')}
  code --add-mcp ${quoted(JSON.stringify({ name: 'echo', ...entry }))}

  ${dim('Claude Desktop, Cursor and most others, in their configuration')}
  ${JSON.stringify({ mcpServers: { echo: entry } }, null, 2).replaceAll('\n', '\n  ')}

${bold('Write your own')}

  README.md has a server in fifteen lines. The one that you saw begins in apps/echo/src/server.ts,
  and what its client did is apps/echo/src/steps.ts.`
}

// A reader that has seen enough, such as head(1), is no failure.
process.stdout.on('error', () => process.exit())

try {
  say('A server in a process of its own, and a client in this one. Each line is what the client does;')
  say('behind each arrow stands what comes back.')
  await walkBoth()
  say(howToGoOn())
} catch (error) {
  process.stderr.write(`\nThe walk failed: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
