import { Server } from '@parley/server'
import { serveStdio } from '@parley/transports/stdio/server'

const server = new Server({ name: 'bundled', version: '1.0.0' })
server.tool('now', () => new Date().toISOString())
await serveStdio(server)
