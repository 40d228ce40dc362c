import { connect } from '@parley/client'
import type { ContentBlock } from '@parley/core'
import { encode, Peer } from '@parley/protocol'
import type { Channel, Dial } from '@parley/protocol'
import type { Server } from '@parley/server'
import { pair } from '@parley/transports/memory'
import { bold, cyan, dim } from './paint.ts'
import { createEcho } from './server.ts'

/** A channel that shows each message that passes. */
const tapped = (channel: Channel, show: (line: string) => void): Channel => ({
  send(message, lane) {
    show(`${cyan('-->')} ${dim(encode(message))}`)
    return channel.send(message, lane)
  },
  async *[Symbol.asyncIterator]() {
    for await (const arrival of channel) {
      if (arrival.message.kind !== 'broken') show(`${cyan('<--')} ${dim(encode(arrival.message))}`)
      yield arrival
    }
  },
  [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
})

/** Reaches a server in this process over a road whose messages are shown. */
const shown =
  (server: Server, show: (line: string) => void): Dial =>
  async (responder) => {
    const [near, far] = pair()
    const serving = new Peer(far, server, { origin: { road: 'memory' } })
    const link = new Peer(tapped(near, show), responder)
    void link.closed.then(() => serving[Symbol.asyncDispose]())
    return link
  }

const textOf = (block: ContentBlock | undefined): string => (block?.type === 'text' ? block.text : '')

/** Prints what a message becomes as a resource, a tool's answer and a prompt, with the messages that it took. */
export const echoInTerminal = async (message: string): Promise<void> => {
  const server = createEcho()
  const wire: string[] = []
  const client = await connect(
    shown(server, (line) => wire.push(line)),
    { name: 'parley-echo', version: '1.0.0' },
  )
  try {
    const resource = message === '' ? undefined : await client.readResource(`echo://${encodeURIComponent(message)}`)
    const { content } = await client.callTool('echo_tool', { message })
    const { messages } = await client.getPrompt('echo_prompt', { message })
    console.log(bold(resource?.text() ?? '(An empty message has no URI, so it is no resource.)'))
    console.log(bold(textOf(content[0])))
    console.log(bold(textOf(messages[0]?.content)))
    console.log(`\nOn the wire:\n${wire.join('\n')}`)
  } finally {
    await client.close()
    await server.close()
  }
}
