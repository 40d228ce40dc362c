// Writes its whole list out anew each time.
import { count, describe, names, schemaOf } from './many-tools.ts'

const inputSchema = schemaOf()['~standard'].jsonSchema.input({ target: 'draft-2020-12' })
const tools = names.map((name) => ({ name, description: describe(name), inputSchema: { ...inputSchema } }))
const byName = new Map(tools.map((tool) => [tool.name, tool]))
const info = { name: 'floor', version: '1.0.0' }
const complete = { resultType: 'complete', _meta: { 'io.modelcontextprotocol/serverInfo': info } }

type Request = {
  readonly id?: unknown
  readonly method: string
  readonly params?: {
    readonly name: string
    readonly arguments: { readonly a: number; readonly b: number }
    readonly protocolVersion: string
    readonly _meta?: { readonly 'io.modelcontextprotocol/protocolVersion'?: string }
  }
}

const resultOf = ({ method, params }: Request): object => {
  if (method === 'tools/list') return { tools }
  if (method === 'tools/call' && params !== undefined && byName.has(params.name))
    return { content: [{ type: 'text', text: String(params.arguments.a + params.arguments.b) }] }
  const about = { capabilities: { tools: {} }, serverInfo: info }
  if (method === 'initialize') return { protocolVersion: params?.protocolVersion, ...about }
  return { supportedVersions: ['2026-07-28'], ...about, count }
}

const answer = (message: Request): string => {
  const modern = message.params?._meta?.['io.modelcontextprotocol/protocolVersion'] !== undefined
  const hints = modern && message.method !== 'tools/call' ? { ttlMs: 0, cacheScope: 'private' } : {}
  const result = { ...resultOf(message), ...(modern && complete), ...hints }
  return `${JSON.stringify({ jsonrpc: '2.0', id: message.id, result })}\n`
}

let rest = ''
process.stdin.setEncoding('utf8').on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  let out = ''
  for (const line of lines) {
    const message = JSON.parse(line) as Request
    if (message.id !== undefined) out += answer(message)
  }
  if (out !== '') process.stdout.write(out)
})
