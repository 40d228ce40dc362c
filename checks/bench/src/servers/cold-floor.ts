// About what Node itself takes: one file, no import, a loop over lines and a tool.
const numbers = { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] }

type Request = {
  readonly id?: unknown
  readonly method: string
  readonly params: {
    readonly arguments: { readonly a: number; readonly b: number }
    readonly protocolVersion?: string
    readonly _meta?: { readonly 'io.modelcontextprotocol/protocolVersion'?: string }
  }
}

const resultOf = ({ method, params }: Request): object => {
  const version = params._meta?.['io.modelcontextprotocol/protocolVersion'] ?? params.protocolVersion
  const about = { capabilities: { tools: {} }, serverInfo: { name: 'floor', version: '1.0.0' } }
  if (method === 'initialize') return { protocolVersion: version, ...about }
  if (method === 'server/discover') return { resultType: 'complete', supportedVersions: [version], ...about }
  if (method === 'tools/list') return { tools: [{ name: 'add', inputSchema: numbers }] }
  return { content: [{ type: 'text', text: String(params.arguments.a + params.arguments.b) }] }
}

let rest = ''
process.stdin.setEncoding('utf8').on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) {
    const message = JSON.parse(line) as Request
    if (message.id === undefined) continue
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: resultOf(message) })}\n`)
  }
})
