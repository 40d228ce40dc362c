#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { serveStdio } from '@parley/transports/stdio/server'
import type { Remote } from './remote.ts'
import { createEcho } from './server.ts'

const help = `parley-echo: a Model Context Protocol server that says back what it hears

  parley-echo             serves over standard input and output, for a host to start
  parley-echo --http      serves over HTTP, at http://127.0.0.1:3000/mcp
  parley-echo MESSAGE     shows what a message becomes, with the messages on the wire
  parley-echo --help      shows this

With --http:

  --port N                listens on another port; 0 takes any free one
  --host ADDRESS          listens on another address
  --allow NAME            answers to that name; needed to listen beyond this machine, and may stand more than once
  --auth                  lets nobody in without a token, which it prints; or the one in PARLEY_ECHO_TOKEN
  --issuer URL            with --auth: takes the tokens of that OAuth authorization server instead
  --resource URL          with --issuer: what clients call the server, if not the URL that it listens at

In a host's configuration:

  { "mcpServers": { "echo": { "command": "npx", "args": ["-y", "@parley/echo"] } } }
`

const flags = {
  help: { type: 'boolean', short: 'h' },
  http: { type: 'boolean' },
  port: { type: 'string' },
  host: { type: 'string' },
  allow: { type: 'string', multiple: true },
  auth: { type: 'boolean' },
  issuer: { type: 'string' },
  resource: { type: 'string' },
} as const

const serveHost = async (): Promise<void> => {
  if (process.stdin.isTTY) process.stderr.write('parley-echo waits for a host to speak; try parley-echo --help\n')
  await serveStdio(createEcho())
}

// A host starts this to be served over a pipe; what the other two ways need is loaded by them.
const serveOverHttp = async (flagged: Remote): Promise<void> => {
  const { serveRemotely } = await import('./remote.ts')
  await serveRemotely(flagged)
}

const showInTerminal = async (message: string): Promise<void> => {
  const { echoInTerminal } = await import('./terminal.ts')
  await echoInTerminal(message)
}

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({ options: flags, allowPositionals: true })
  const { help: helps = false, http = false, ...remote } = values
  const stray = Object.keys(remote)[0]
  if (helps) process.stdout.write(help)
  else if (http && positionals.length > 0) throw new TypeError('--http takes no message')
  else if (http) await serveOverHttp(remote)
  else if (stray !== undefined) throw new TypeError(`--${stray} goes with --http`)
  else if (positionals.length > 0) await showInTerminal(positionals.join(' '))
  else await serveHost()
}

// A reader that has seen enough, such as head(1), is no failure; serving sees to its own stdout.
if (process.argv.length > 2) process.stdout.on('error', () => process.exit())

main().catch((error: unknown) => {
  process.stderr.write(`parley-echo: ${error instanceof Error ? error.message : String(error)}\n`)
  process.stderr.write('parley-echo --help tells how it is used.\n')
  process.exitCode = 1
})
