#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { serveStdio } from '@parley/transports/stdio/server'
import { createEcho } from './server.ts'
import { echoInTerminal } from './terminal.ts'

const help = `parley-echo: a Model Context Protocol server that says back what it hears

  parley-echo             serves over standard input and output, for a host to start
  parley-echo MESSAGE     shows what a message becomes, with the messages on the wire
  parley-echo --help      shows this

In a host's configuration:

  { "mcpServers": { "echo": { "command": "npx", "args": ["-y", "@parley/echo"] } } }
`

const main = async (): Promise<void> => {
  const options = { help: { type: 'boolean', short: 'h' } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (values.help === true) process.stdout.write(help)
  else if (positionals.length > 0) await echoInTerminal(positionals.join(' '))
  else {
    if (process.stdin.isTTY) process.stderr.write('parley-echo waits for a host to speak; try parley-echo --help\n')
    await serveStdio(createEcho())
  }
}

// A reader that has seen enough, such as head(1), is no failure; serving sees to its own stdout.
if (process.argv.length > 2) process.stdout.on('error', () => process.exit())

main().catch((error: unknown) => {
  process.stderr.write(`parley-echo: ${error instanceof Error ? error.message : String(error)}\n`)
  process.stderr.write('parley-echo --help tells how it is used.\n')
  process.exitCode = 1
})
