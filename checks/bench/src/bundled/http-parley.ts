import { Server } from '@parley/server'
import { serveHttp } from '@parley/transports/http/node'

const server = new Server({ name: 'bundled', version: '1.0.0' })
server.tool('now', () => new Date().toISOString())
await serveHttp(server)
