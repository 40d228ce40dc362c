import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'

const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'bundled', version: '1.0.0' })
  server.registerTool('now', {}, () => ({ content: [{ type: 'text', text: new Date().toISOString() }] }))
  return server
}

serveStdio(makeServer, { legacy: 'serve' })
