import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'

const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'bundled', version: '1.0.0' })
  server.registerTool('now', {}, () => ({ content: [{ type: 'text', text: new Date().toISOString() }] }))
  return server
}

/** What a platform of the web's kind is given. */
export const handler: ReturnType<typeof createMcpHandler> = createMcpHandler(makeServer)
