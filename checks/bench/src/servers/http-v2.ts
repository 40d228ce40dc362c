import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { form, listen, mode } from './listening.ts'
import { answerSessions } from './sessions.ts'
import type { SessionOptions } from './sessions.ts'
import { makeServer } from './v2.ts'

const openSession = async (options: SessionOptions): Promise<NodeStreamableHTTPServerTransport> => {
  const transport = new NodeStreamableHTTPServerTransport(options)
  await makeServer().connect(transport)
  return transport
}

const handler = toNodeHandler(createMcpHandler(makeServer, { legacy: mode === 'stateless' ? 'stateless' : 'reject' }))

// Its types know nothing of `undefined` where a property may be missing.
const answer = (request: IncomingMessage, response: ServerResponse): Promise<void> =>
  handler(request as Parameters<typeof handler>[0], response)

listen(mode === 'stateful' ? answerSessions(form === 'json', openSession) : answer)
