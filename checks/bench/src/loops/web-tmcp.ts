import { HttpTransport } from '@tmcp/transport-http'
import { makeServer } from '../servers/tmcp.ts'
import { obeyWith } from './web-entry.ts'

const transport = new HttpTransport(makeServer(), { path: '/mcp' })

obeyWith(async (request) => (await transport.respond(request)) ?? new Response(null, { status: 404 }))
