import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { programPath } from '../process.ts'
import { obeyWith } from './official-v1.ts'

await obeyWith(new StdioClientTransport({ command: process.execPath, args: [programPath('servers/stdio-floor')] }))
