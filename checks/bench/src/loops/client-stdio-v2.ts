import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { programPath } from '../process.ts'
import { obeyWith } from './official-v2.ts'

const transport = new StdioClientTransport({ command: process.execPath, args: [programPath('servers/stdio-floor')] })
await obeyWith(transport, process.argv[2])
