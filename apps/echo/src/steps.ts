import { inspect } from 'node:util'
import type { Client } from '@parley/client'
import type { ContentBlock, JsonObject } from '@parley/core'

/** One thing that a client does: how it reads in code, and how it is done. */
export type Step = { readonly code: string; readonly run: (client: Client) => Promise<string> }

const inWords = (block: ContentBlock | undefined): string => {
  if (block === undefined) return '(nothing)'
  if (block.type === 'text') return block.text
  return block.type === 'image' || block.type === 'audio'
    ? `${block.mimeType}, ${block.data.length} characters of base64`
    : block.type
}

const inCode = (...values: unknown[]): string =>
  values.map((value) => inspect(value, { breakLength: Infinity, depth: null })).join(', ')

const list = (): Step => ({
  code: 'client.listTools()',
  run: async (client) => (await client.listTools()).map((tool) => tool.name).join(', '),
})

const tool = (name: string, ...args: JsonObject[]): Step => ({
  code: `client.callTool(${inCode(name, ...args)})`,
  run: async (client) => {
    const { content, isError } = await client.callTool(name, args[0])
    return `${isError ? '✗ ' : ''}${inWords(content[0])}`
  },
})

const progress = (name: string, args: JsonObject): Step => ({
  code: `client.callTool(${inCode(name, args)}, { onProgress })`,
  run: async (client) => {
    const heard: string[] = []
    await client.callTool(name, args, { onProgress: ({ message = '' }) => heard.push(message) })
    return heard.join(' → ')
  },
})

const resource = (uri: string): Step => ({
  code: `client.readResource(${inCode(uri)})`,
  run: async (client) => (await client.readResource(uri)).text(),
})

const prompt = (name: string, args: { [name: string]: string }): Step => ({
  code: `client.getPrompt(${inCode(name, args)})`,
  run: async (client) => inWords((await client.getPrompt(name, args)).messages[0]?.content),
})

/** A walk through what a server offers: tools that answer, fail, draw, report and ask; a resource; a prompt. */
export const steps: readonly Step[] = [
  list(),
  tool('echo_tool', { message: 'Ahoy! 👋' }),
  tool('echo_tool', { message: 42 }),
  tool('echo_as', { message: 'Ahoy!', format: 'image' }),
  progress('echo_many', { message: 'Ahoy!', times: 3, delay_ms: 50 }),
  tool('echo_ask'),
  resource('echo://Ada%20L'),
  prompt('echo_prompt', { message: 'Ahoy!' }),
]
