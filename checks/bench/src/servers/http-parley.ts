// The limits are raised for the loads of 10 MB and of sessions without a pause. Host, Origin and all else is checked as ever.
import { serveHttp } from '@parley/transports/http/node'
import { mode } from './listening.ts'
import { makeServer } from './parley.ts'

const http = await serveHttp(makeServer(), { port: 0, sessions: mode !== 'stateless', maxBody: 33_554_432 })
process.stdout.write(`${new URL(http.url).port}\n`)
