import { Server } from '@parley/server'
import { serveStdio } from '@parley/transports/stdio/server'
import * as z from 'zod'

const server = new Server({ name: 'cold', version: '1.0.0' })
server.tool('add', { input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => String(a + b))
await serveStdio(server)
