import { once } from 'node:events'
import { serveHttp } from '@parley/transports/http/node'
import { makeOffers } from './offers.ts'

// One process of a fleet: it is told everything by its environment, tells its port, and ends when its parent lets go.
const { MEMBER = '', SECRET, SESSIONS } = process.env
const { server } = makeOffers(MEMBER, SECRET === undefined ? {} : { secrets: [SECRET] })
const serving = await serveHttp(server, { port: 0, allowedHosts: ['127.0.0.1'], sessions: SESSIONS !== 'false' })
console.log(new URL(serving.url).port)
await once(process.stdin.resume(), 'end')
await server.close()
await serving.close()
