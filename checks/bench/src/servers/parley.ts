import type { CallToolResult } from '@parley/core'
import { Server } from '@parley/server'
import { z } from 'zod'

const numbers = z.object({ a: z.number(), b: z.number() })

// As content, like the peers' tools: a text that is returned as it is would go out as a structured result as well.
const said = (words: string): CallToolResult => ({ content: [{ type: 'text', text: words }] })

/** Offers what every subject of the bench offers. */
export const makeServer = (): Server => {
  const server = new Server({ name: 'bench', version: '1.0.0' })
  server.tool('add', { input: numbers }, ({ a, b }) => said(String(a + b)))
  server.tool('tell', { input: numbers }, async ({ a, b }, ctx) => {
    await ctx.progress(1, 1)
    return said(String(a + b))
  })
  server.tool('echo', { input: z.object({ text: z.string() }) }, ({ text }) => said(text))
  server.tool('count', { input: z.object({ n: z.number() }) }, async ({ n }, ctx) => {
    for (let step = 1; step <= n; step++) await ctx.progress(step, n)
    return said(`counted ${n}`)
  })
  return server
}
