import { ZodJsonSchemaAdapter } from '@tmcp/adapter-zod'
import { HttpTransport } from '@tmcp/transport-http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { McpServer } from 'tmcp'
import { tool } from 'tmcp/utils'
import { tellHeap } from './idle-heap.ts'
import { names, schema } from './idle-tools.ts'
import { bodyOf, listen } from './listening.ts'

const server = new McpServer(
  { name: 'idle', version: '1.0.0', description: 'Waits.' },
  { adapter: new ZodJsonSchemaAdapter(), capabilities: { tools: { listChanged: true } } },
)
for (const name of names) {
  server.tool({ name, description: name, schema }, ({ a, b }) => tool.text(String(a + b)))
}
const transport = new HttpTransport(server, { path: '/mcp' })

/** Asks it in the web's way; whoever leaves is told by the request's signal and by the cancelled body. */
const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { method = 'GET', headers } = request
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const pairs = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
  const body = method === 'POST' ? { body: new Uint8Array(await bodyOf(request)) } : {}
  const asked = new Request(`http://${headers.host}/mcp`, { method, headers: pairs, signal: gone.signal, ...body })
  const answered = (await transport.respond(asked)) ?? new Response(null, { status: 404 })
  response.writeHead(answered.status, Object.fromEntries(answered.headers))
  response.flushHeaders()
  const reader = answered.body?.getReader()
  gone.signal.addEventListener('abort', () => void reader?.cancel().catch(() => undefined))
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) response.write(read.value)
  response.end()
}

listen(answer)
tellHeap()
