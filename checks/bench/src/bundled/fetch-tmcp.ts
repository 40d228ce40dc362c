import { HttpTransport } from '@tmcp/transport-http'
import { McpServer } from 'tmcp'
import { tool } from 'tmcp/utils'

const server = new McpServer(
  { name: 'bundled', version: '1.0.0', description: 'One tool.' },
  { adapter: undefined, capabilities: { tools: {} } },
)
server.tool({ name: 'now', description: 'Tells the time.' }, () => tool.text(new Date().toISOString()))
const transport = new HttpTransport(server, { path: '/mcp' })

/** What a platform of the web's kind is given. */
export const fetch = (request: Request): Promise<Response | null> => transport.respond(request)
