import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { describe, names, shapeOf } from './many-tools.ts'

const server = new McpServer({ name: 'many', version: '1.0.0' })
for (const name of names) {
  server.registerTool(name, { description: describe(name), inputSchema: shapeOf() }, ({ a, b }) => ({
    content: [{ type: 'text', text: String(a + b) }],
  }))
}
await server.connect(new StdioServerTransport())
