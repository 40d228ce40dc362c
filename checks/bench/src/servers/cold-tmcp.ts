import { ZodJsonSchemaAdapter } from '@tmcp/adapter-zod'
import { StdioTransport } from '@tmcp/transport-stdio'
import { McpServer } from 'tmcp'
import { tool } from 'tmcp/utils'
import * as z from 'zod'

const server = new McpServer(
  { name: 'cold', version: '1.0.0', description: 'One tool.' },
  { adapter: new ZodJsonSchemaAdapter(), capabilities: { tools: {} } },
)
const schema = z.object({ a: z.number(), b: z.number() })
server.tool({ name: 'add', description: 'Adds.', schema }, ({ a, b }) => tool.text(String(a + b)))
new StdioTransport(server).listen()
