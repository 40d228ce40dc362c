import { StdioTransport } from '@tmcp/transport-stdio'
import { McpServer } from 'tmcp'
import { tool } from 'tmcp/utils'

const server = new McpServer(
  { name: 'bundled', version: '1.0.0', description: 'One tool.' },
  { adapter: undefined, capabilities: { tools: {} } },
)
server.tool({ name: 'now', description: 'Tells the time.' }, () => tool.text(new Date().toISOString()))
new StdioTransport(server).listen()
