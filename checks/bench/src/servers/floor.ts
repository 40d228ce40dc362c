import { legacy, modern } from '../messages.ts'

/** A request or notification as the floor takes it: nothing of it is checked. */
export type Incoming = {
  readonly id?: string | number
  readonly method: string
  readonly params: {
    readonly name?: string
    readonly arguments: { readonly a: number; readonly b: number; readonly text: string; readonly n: number }
    readonly protocolVersion?: string
    readonly _meta?: { readonly progressToken?: unknown; readonly 'io.modelcontextprotocol/protocolVersion'?: string }
  }
}

const info = { name: 'floor', version: '1.0.0' }
const numbers = { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] }
const tools = [
  { name: 'add', inputSchema: numbers },
  { name: 'tell', inputSchema: numbers },
  { name: 'echo', inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } },
  { name: 'count', inputSchema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } },
]

const complete = { resultType: 'complete', _meta: { 'io.modelcontextprotocol/serverInfo': info } }

const textOf = ({ params: { name, arguments: given } }: Incoming): string => {
  if (name === 'add' || name === 'tell') return String(given.a + given.b)
  return name === 'count' ? `counted ${given.n}` : given.text
}

const resultOf = (message: Incoming): object => {
  switch (message.method) {
    case 'tools/call':
      return { content: [{ type: 'text', text: textOf(message) }] }
    case 'tools/list':
      return { tools }
    case 'initialize':
      return { protocolVersion: legacy, capabilities: { tools: {} }, serverInfo: info }
    case 'server/discover':
      return { supportedVersions: [modern], capabilities: { tools: {} } }
    default:
      return {}
  }
}

const freshness = { ttlMs: 0, cacheScope: 'private' }

/** How many notifications go ahead of a call's result. */
export const notificationsOf = ({ params }: Incoming): number => {
  if (params.name === 'count') return params.arguments.n
  return params.name === 'tell' ? 1 : 0
}

/** The text of a call's notification. */
export const notificationText = ({ params }: Incoming, progress: number): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    method: 'notifications/progress',
    params: { progressToken: params._meta?.progressToken, progress, total: notificationsOf({ method: '', params }) },
  })

/** The text of a request's answer: dispatched by name, written out whole. */
export const answerText = (message: Incoming): string => {
  const result = resultOf(message)
  if (message.params?._meta?.['io.modelcontextprotocol/protocolVersion'] === undefined) {
    return JSON.stringify({ jsonrpc: '2.0', id: message.id, result })
  }
  const hints = message.method === 'tools/call' ? undefined : freshness
  return JSON.stringify({ jsonrpc: '2.0', id: message.id, result: { ...result, ...complete, ...hints } })
}
