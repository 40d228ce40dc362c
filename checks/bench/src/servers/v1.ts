import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { CallToolResult, ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>

const numbers = { a: z.number(), b: z.number() }
const text = { text: z.string() }
const count = { n: z.number() }

const said = (words: string): CallToolResult => ({ content: [{ type: 'text', text: words }] })

const tell = async (extra: Extra, progress: number, total: number): Promise<void> => {
  const progressToken = extra._meta?.progressToken
  if (progressToken === undefined) return
  await extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total } })
}

/** Offers what every subject of the bench offers. */
export const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'bench', version: '1.0.0' })
  server.registerTool('add', { inputSchema: numbers }, ({ a, b }) => said(String(a + b)))
  server.registerTool('tell', { inputSchema: numbers }, async ({ a, b }, extra) => {
    await tell(extra, 1, 1)
    return said(String(a + b))
  })
  server.registerTool('echo', { inputSchema: text }, (given) => said(given.text))
  server.registerTool('count', { inputSchema: count }, async ({ n }, extra) => {
    for (let step = 1; step <= n; step++) await tell(extra, step, n)
    return said(`counted ${n}`)
  })
  return server
}
