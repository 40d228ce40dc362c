export { Server } from '@parley/server'
export { serveStdio } from '@parley/transports/stdio/server'
