import { everything, takeEverything } from './everything-tour.ts'
import { openPart } from './matrix.ts'
import { meetEveryWay } from './npm-server.ts'
import { named, serverOf } from './scripts.ts'
import { onPort } from './serving.ts'

const column = openPart(
  23,
  `HTTP+SSE: our client, ${named('server-everything')}`,
  'HTTP+SSE of 2024-11-05, which our client falls back to, whatever the revision.',
)

const serve = onPort(serverOf('server-everything'), 'sse', '/sse', 'running on port')
meetEveryWay(column, { ...everything, serve, refusal: 404 }, takeEverything)
