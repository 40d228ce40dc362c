import { HttpTransport } from '@tmcp/transport-http'
import { answerWeb, listen } from './listening.ts'
import { makeServer } from './tmcp.ts'

const transport = new HttpTransport(makeServer(), { path: '/mcp' })

const handle = async (request: Request): Promise<Response> =>
  (await transport.respond(request)) ?? new Response(null, { status: 404 })

listen((request, response) => answerWeb(request, response, handle))
