import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { makeServer } from './v2.ts'

serveStdio(makeServer, { legacy: 'serve' })
