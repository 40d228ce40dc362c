import { Server } from '@parley/server'
import { serveStdio } from '@parley/transports/stdio/server'

const numbers = {
  type: 'object',
  properties: { a: { type: 'number' }, b: { type: 'number' } },
  required: ['a', 'b'],
} as const

const server = new Server({ name: 'cold', version: '1.0.0' })
server.tool('add', { input: numbers }, ({ a, b }) => String(a + b))
await serveStdio(server)
