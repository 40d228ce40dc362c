import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { describe, names, schemaOf } from './many-tools.ts'

const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'many', version: '1.0.0' })
  for (const name of names) {
    server.registerTool(name, { description: describe(name), inputSchema: schemaOf() }, ({ a, b }) => ({
      content: [{ type: 'text', text: String(a + b) }],
    }))
  }
  return server
}

serveStdio(makeServer, { legacy: 'serve' })
