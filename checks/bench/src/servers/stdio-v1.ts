import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { makeServer } from './v1.ts'

await makeServer().connect(new StdioServerTransport())
