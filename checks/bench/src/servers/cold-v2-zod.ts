import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import * as z from 'zod'

const numbers = z.object({ a: z.number(), b: z.number() })

const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'cold', version: '1.0.0' })
  server.registerTool('add', { inputSchema: numbers }, ({ a, b }) => ({
    content: [{ type: 'text', text: String(a + b) }],
  }))
  return server
}

serveStdio(makeServer, { legacy: 'serve' })
