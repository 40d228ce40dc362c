import { ZodJsonSchemaAdapter } from '@tmcp/adapter-zod'
import { StdioTransport } from '@tmcp/transport-stdio'
import { McpServer } from 'tmcp'
import { tool } from 'tmcp/utils'
import { describe, names, schemaOf } from './many-tools.ts'

const server = new McpServer(
  { name: 'many', version: '1.0.0', description: 'Many tools.' },
  { adapter: new ZodJsonSchemaAdapter(), capabilities: { tools: {} } },
)
for (const name of names) {
  server.tool({ name, description: describe(name), schema: schemaOf() }, ({ a, b }) => tool.text(String(a + b)))
}
new StdioTransport(server).listen()
