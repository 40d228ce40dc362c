import { httpHandler } from '@parley/transports/http/server'
import { makeServer } from '../servers/parley.ts'
import { obeyWith } from './web-entry.ts'

obeyWith(httpHandler(makeServer(), { sessions: false }))
