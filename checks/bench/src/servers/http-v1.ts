import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { form, listen, mode } from './listening.ts'
import { makeServer } from './v1.ts'

const enableJsonResponse = form === 'json'
const sessions = new Map<string, StreamableHTTPServerTransport>()

const openSession = async (): Promise<StreamableHTTPServerTransport> => {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse,
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

/** As its examples have it: a server and a transport for each request. */
const answerAlone = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const server = makeServer()
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse })
  response.once('close', () => void server.close())
  await server.connect(transport)
  return transport.handleRequest(request, response)
}

listen(mode === 'stateless' ? answerAlone : answerSession)
