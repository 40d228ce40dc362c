import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { obeyWith } from './official-v1.ts'

const [, port] = process.argv.slice(2)
await obeyWith(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)))
