import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { form, listen, mode } from './listening.ts'
import { answerSessions } from './sessions.ts'
import type { SessionOptions } from './sessions.ts'
import { makeServer } from './v1.ts'

const enableJsonResponse = form === 'json'
const openSession = async (options: SessionOptions): Promise<StreamableHTTPServerTransport> => {
  const transport = new StreamableHTTPServerTransport(options)
  await makeServer().connect(transport)
  return transport
}

/** As its examples have it: a server and a transport for each request. */
const answerAlone = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const server = makeServer()
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse })
  response.once('close', () => void server.close())
  await server.connect(transport)
  return transport.handleRequest(request, response)
}

listen(mode === 'stateless' ? answerAlone : answerSessions(enableJsonResponse, openSession))
