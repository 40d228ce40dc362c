import { McpServer } from '@modelcontextprotocol/server'
import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server'
import { z } from 'zod'

// Outside the factory, which is the best case: its guides have them inside, and then they are built for each request.
const numbers = z.object({ a: z.number(), b: z.number() })
const text = z.object({ text: z.string() })
const count = z.object({ n: z.number() })

const said = (words: string): CallToolResult => ({ content: [{ type: 'text', text: words }] })

const tell = async (ctx: ServerContext, progress: number, total: number): Promise<void> => {
  const progressToken = ctx.mcpReq._meta?.progressToken
  if (progressToken === undefined) return
  await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total } })
}

/** Offers what every subject of the bench offers. */
export const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'bench', version: '1.0.0' })
  server.registerTool('add', { inputSchema: numbers }, ({ a, b }) => said(String(a + b)))
  server.registerTool('tell', { inputSchema: numbers }, async ({ a, b }, ctx) => {
    await tell(ctx, 1, 1)
    return said(String(a + b))
  })
  server.registerTool('echo', { inputSchema: text }, (given) => said(given.text))
  server.registerTool('count', { inputSchema: count }, async ({ n }, ctx) => {
    for (let step = 1; step <= n; step++) await tell(ctx, step, n)
    return said(`counted ${n}`)
  })
  return server
}
