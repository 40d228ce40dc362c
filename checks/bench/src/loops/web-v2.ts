import { createMcpHandler } from '@modelcontextprotocol/server'
import { makeServer } from '../servers/v2.ts'
import { obeyWith } from './web-entry.ts'

const handler = createMcpHandler(makeServer)

obeyWith((request) => handler.fetch(request))
