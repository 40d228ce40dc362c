import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { tellHeap } from './idle-heap.ts'
import { names, shape } from './idle-tools.ts'
import { listen } from './listening.ts'
import { answerSessions } from './sessions.ts'
import type { SessionOptions } from './sessions.ts'

const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'idle', version: '1.0.0' })
  for (const name of names) {
    server.registerTool(name, { inputSchema: shape }, ({ a, b }) => ({
      content: [{ type: 'text', text: String(a + b) }],
    }))
  }
  return server
}

const openSession = async (options: SessionOptions): Promise<StreamableHTTPServerTransport> => {
  const transport = new StreamableHTTPServerTransport(options)
  await makeServer().connect(transport)
  return transport
}

listen(answerSessions(true, openSession))
tellHeap()
