#!/usr/bin/env node
import type { OpenExplorer } from './open.ts'
import { help, readCommandLine } from './options.ts'
import type { Command, Wish } from './options.ts'
import { version } from './version.ts'

// What only some uses need is loaded by them: a host waits for the server, and a person for the help.

// An empty variable counts as none.
const token = process.env['PARLEY_SQLITE_TOKEN'] || undefined

const serve = async (wish: Wish, { explorer }: OpenExplorer): Promise<void> => {
  const { createSqlite } = await import('./server.ts')
  const server = createSqlite(explorer)
  if (wish.http !== undefined) {
    const { serveRemotely } = await import('./remote/serve.ts')
    return serveRemotely(server, explorer.journal, wish.http, token)
  }
  if (process.stdin.isTTY) {
    process.stderr.write('parley-sqlite waits for a host to speak; try parley-sqlite shell FILE, or --help\n')
  }
  const { serveStdio } = await import('@parley/transports/stdio/server')
  // The process outlives serving until the databases are closed and the sample is gone.
  const over = new Promise<number>((exit) => void serveStdio(server, { exit }))
  process.exitCode = await over
}

const shell = async (_wish: Wish, { explorer }: OpenExplorer): Promise<void> => {
  const { runShell } = await import('./shell/shell.ts')
  process.exitCode = await runShell(explorer)
}

const look = async (wish: Wish, { explorer }: OpenExplorer): Promise<void> => {
  const { runLook } = await import('./look/look.ts')
  await runLook(explorer, wish.look ?? { port: 0, open: true })
}

const work: Readonly<Record<Command, (wish: Wish, opened: OpenExplorer) => Promise<void>>> = { serve, shell, look }

const main = async (): Promise<void> => {
  const wish = readCommandLine(process.argv.slice(2))
  if (wish === 'help' || wish === 'version') {
    process.stdout.write(wish === 'help' ? help : `${version}\n`)
    return
  }
  if (wish.http !== undefined) {
    const { checkRemote } = await import('./remote/serve.ts')
    checkRemote(wish, token)
  }
  const { openExplorer } = await import('./open.ts')
  const opened = await openExplorer(wish)
  try {
    await work[wish.command](wish, opened)
  } finally {
    await opened[Symbol.asyncDispose]()
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`parley-sqlite: ${error instanceof Error ? error.message : String(error)}\n`)
  // What is wrong with the command line is a TypeError; with anything else, the help would not.
  if (error instanceof TypeError) process.stderr.write('parley-sqlite --help tells how it is used.\n')
  process.exitCode = 1
})
