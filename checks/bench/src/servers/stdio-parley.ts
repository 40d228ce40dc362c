// The limit on a message is raised from 4 MiB, for the load of 10 MB.
import { serveStdio } from '@parley/transports/stdio/server'
import { makeServer } from './parley.ts'

await serveStdio(makeServer(), { maxMessage: 33_554_432 })
