// A server with one tool on stdio, as a user writes it.
import { Server } from '@parley/server'
import { serveStdio } from '@parley/transports/stdio/server'

const server = new Server({ name: 'small', version: '1.0.0' })
const number = { type: 'number' }
const input = { type: 'object', properties: { a: number, b: number }, required: ['a', 'b'] }
server.tool('add', { input }, ({ a, b }) => a + b)
await serveStdio(server)
