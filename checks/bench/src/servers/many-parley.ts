// A page holds 100 by default; here it holds all, since nobody else pages.
import { Server } from '@parley/server'
import { serveStdio } from '@parley/transports/stdio/server'
import { count, describe, names, schemaOf } from './many-tools.ts'

const server = new Server({ name: 'many', version: '1.0.0' }, { pageSize: count })
for (const name of names) {
  server.tool(name, { description: describe(name), input: schemaOf() }, ({ a, b }) => String(a + b))
}
await serveStdio(server)
