import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { makeServer } from '../servers/v1.ts'
import { obeyWith } from './web-entry.ts'

obeyWith(async (request) => {
  const server = makeServer()
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
  await server.connect(transport)
  const response = await transport.handleRequest(request)
  await server.close()
  return response
})
