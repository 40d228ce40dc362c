import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { obeyWith } from './official-v2.ts'

const [version, port] = process.argv.slice(2)
await obeyWith(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)), version)
