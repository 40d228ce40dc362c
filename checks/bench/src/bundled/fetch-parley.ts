import { Server } from '@parley/server'
import { httpHandler } from '@parley/transports/http/server'

const server = new Server({ name: 'bundled', version: '1.0.0' })
server.tool('now', () => new Date().toISOString())

/** What a platform of the web's kind is given. */
export const fetch: ReturnType<typeof httpHandler> = httpHandler(server)
