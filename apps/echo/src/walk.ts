import { fileURLToPath } from 'node:url'
import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import type { ContentBlock, ElicitResult } from '@parley/core'
import { revisions } from '@parley/protocol'
import { stdio } from '@parley/transports/stdio/client'
import { bold, dim, green } from './paint.ts'

const main = fileURLToPath(new URL('./main.js', import.meta.url))

const say = (line = ''): void => console.log(line)
const show = (asked: string, answer: string): void => say(`  ${asked.padEnd(46)} ${green(answer)}`)

const inWords = (block: ContentBlock | undefined): string => {
  if (block === undefined) return '(nothing)'
  if (block.type === 'text') return block.text
  return block.type === 'image' || block.type === 'audio' ? `${block.mimeType}, ${block.data.length} characters` : block.type
}

/** The one handler that answers for the user, in both eras. */
const onElicit = (question: { message: string }): ElicitResult => {
  say(dim(`    the server asks: ${question.message}`))
  return { action: 'accept', content: { message: 'Hello from the user' } }
}

const walkTools = async (client: Client): Promise<void> => {
  const tools = await client.listTools()
  show('tools/list', tools.map((tool) => tool.name).join(', '))
  const echo = await client.callTool('echo_tool', { message: 'Ahoy! 👋' })
  show('tools/call echo_tool', inWords(echo.content[0]))
  const image = await client.callTool('echo_as', { message: 'Ahoy!', format: 'image' })
  show('tools/call echo_as, as an image', inWords(image.content[0]))
  const wrong = await client.callTool('echo_tool', { message: 42 })
  show('tools/call echo_tool with a number', `isError: ${inWords(wrong.content[0])}`)
}

const walkTheRest = async (client: Client): Promise<void> => {
  const resource = await client.readResource('echo://Ada%20L')
  show('resources/read echo://Ada%20L', resource.text())
  const prompt = await client.getPrompt('echo_prompt', { message: 'Ahoy!' })
  show('prompts/get echo_prompt', inWords(prompt.messages[0]?.content))
  const steps: string[] = []
  await client.callTool(
    'echo_many',
    { message: 'Ahoy!', times: 3, delay_ms: 50 },
    { onProgress: ({ message }) => steps.push(message ?? '') },
  )
  show('tools/call echo_many, its progress', steps.join(' → '))
  const asked = await client.callTool('echo_ask')
  show('tools/call echo_ask', inWords(asked.content[0]))
}

const walk = async (title: string, versions?: readonly string[]): Promise<void> => {
  const target = stdio(process.execPath, [main])
  const options = { name: 'walk', version: '1.0.0', onElicit }
  const client = await connect(target, versions === undefined ? options : { ...options, versions })
  try {
    say(`\n${bold(title)} ${dim(`${client.info?.name} ${client.info?.version}, revision ${client.version}`)}`)
    await walkTools(client)
    await walkTheRest(client)
  } finally {
    await client.close()
  }
}

const howToGoOn = `
${bold('Use it in a real host')}

  Claude Code      claude mcp add echo -- ${process.execPath} ${main}
  Claude Desktop, Cursor and others, in their configuration:

    { "mcpServers": { "echo": { "command": ${JSON.stringify(process.execPath)}, "args": [${JSON.stringify(main)}] } } }

  VS Code          code --add-mcp '{"name":"echo","command":${JSON.stringify(process.execPath)},"args":[${JSON.stringify(main)}]}'

The server is apps/echo/src/server.ts, and README.md shows how to write your own.
`

say('A server in its own process, a client in this one, and one handler for the questions of both eras.')
await walk('The modern era: every request stands alone')
const legacy = revisions.filter((revision) => revision.era === 'legacy').map((revision) => revision.version)
await walk('The legacy era: a handshake, then a session', legacy)
say(howToGoOn)
