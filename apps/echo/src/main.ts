#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { serveStdio } from '@parley/transports/stdio/server'
import { echoInTerminal } from './terminal.ts'
import { createEcho } from './server.ts'

const help = `parley-echo: a Model Context Protocol server that says back what it hears

  parley-echo             serves over standard input and output, for a host to start
  parley-echo MESSAGE     shows what a message becomes, with the messages on the wire
  parley-echo --help      shows this

In a host's configuration:  { "mcpServers": { "echo": { "command": "npx", "args": ["-y", "@parley/echo"] } } }
`

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } }, allowPositionals: true })
  if (values.help === true) process.stdout.write(help)
  else if (positionals.length > 0) await echoInTerminal(positionals.join(' '))
  else await serveStdio(createEcho())
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
  process.exitCode = 1
})
