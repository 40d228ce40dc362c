import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'

const numbers = fromJsonSchema<{ a: number; b: number }>({
  type: 'object',
  properties: { a: { type: 'number' }, b: { type: 'number' } },
  required: ['a', 'b'],
})

const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'cold', version: '1.0.0' })
  server.registerTool('add', { inputSchema: numbers }, ({ a, b }) => ({
    content: [{ type: 'text', text: String(a + b) }],
  }))
  return server
}

serveStdio(makeServer, { legacy: 'serve' })
