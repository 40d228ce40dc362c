import { StdioTransport } from '@tmcp/transport-stdio'
import { makeServer } from './tmcp.ts'

new StdioTransport(makeServer()).listen()
