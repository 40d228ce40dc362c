import { everything, takeEverything } from './everything-tour.ts'
import { openPart } from './matrix.ts'
import { meetEveryWay } from './npm-server.ts'
import { named, serverOf } from './scripts.ts'
import { onPort } from './serving.ts'

const column = openPart(
  22,
  `HTTP: our client, ${named('server-everything')}`,
  'Streamable HTTP, where it can be resumed.',
)

const serve = onPort(serverOf('server-everything'), 'streamableHttp', '/mcp', 'listening on port')
meetEveryWay(column, { ...everything, serve, refusal: 400 }, takeEverything)
