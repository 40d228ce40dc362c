import { everything, takeEverything } from './everything-tour.ts'
import { openPart } from './matrix.ts'
import { meetEveryWay } from './npm-server.ts'
import { named, serverOf } from './scripts.ts'
import { overStdio } from './serving.ts'

const column = openPart(1, `Our client, ${named('server-everything')}`, 'It offers nearly all of the legacy era.')

meetEveryWay(column, { ...everything, serve: overStdio(serverOf('server-everything')) }, takeEverything)
