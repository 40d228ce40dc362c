// 5,000 sessions and streams are below the default limits; Host, Origin and all else is checked as ever.
import { Server } from '@parley/server'
import { serveHttp } from '@parley/transports/http/node'
import { tellHeap } from './idle-heap.ts'
import { names, schema } from './idle-tools.ts'

const server = new Server({ name: 'idle', version: '1.0.0' })
for (const name of names) server.tool(name, { input: schema }, ({ a, b }) => String(a + b))
const http = await serveHttp(server, { port: 0 })
process.stdout.write(`${new URL(http.url).port}\n`)
tellHeap()
