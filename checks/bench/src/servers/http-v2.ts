import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { form, listen, mode } from './listening.ts'
import { makeServer } from './v2.ts'

const sessions = new Map<string, NodeStreamableHTTPServerTransport>()

const openSession = async (): Promise<NodeStreamableHTTPServerTransport> => {
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: form === 'json',
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
  })
  await makeServer().connect(transport)
  return transport
}

const answerSession = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const id = request.headers['mcp-session-id']
  const transport = id === undefined ? await openSession() : sessions.get(String(id))
  if (transport === undefined) return void response.writeHead(404).end()
  return transport.handleRequest(request, response)
}

const handler = toNodeHandler(createMcpHandler(makeServer, { legacy: mode === 'stateless' ? 'stateless' : 'reject' }))

// Its types know nothing of `undefined` where a property may be missing.
const answer = (request: IncomingMessage, response: ServerResponse): Promise<void> =>
  handler(request as Parameters<typeof handler>[0], response)

listen(mode === 'stateful' ? answerSession : answer)
