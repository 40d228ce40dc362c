import type { EventStream, Head, Reply } from './wire.ts'

const requestHeaders = [
  'accept',
  'authorization',
  'content-type',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'traceparent',
  'tracestate',
]

const exposed = 'Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After'

const corsHeaders = (origin: string): Readonly<Record<string, string>> => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': exposed,
  vary: 'Origin',
})

/** The headers that answer the preflight of a listed origin. */
export const preflightHeaders = (head: Head, methods: string): Readonly<Record<string, string>> => {
  const asked = (head.header('access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
  // Tools name these, so no list can hold them.
  const mirrored = asked.filter((name) => /^mcp-param-[\w!#$%&'*+.^`|~-]+$/.test(name))
  return {
    'access-control-allow-methods': methods,
    'access-control-allow-headers': [...requestHeaders, ...mirrored].join(', '),
    'access-control-max-age': '7200',
    ...(head.header('access-control-request-private-network') === 'true' && {
      'access-control-allow-private-network': 'true',
    }),
  }
}

/** A reply whose answers the pages of one origin may read. */
export const withCors = (reply: Reply, origin: string): Reply => {
  const extra = corsHeaders(origin)
  return {
    send: (status, headers, body): void => reply.send(status, { ...headers, ...extra }, body),
    stream: (headers, lost, stays): EventStream => reply.stream({ ...headers, ...extra }, lost, stays),
    get gone(): AbortSignal {
      return reply.gone
    },
  }
}
