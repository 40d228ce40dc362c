// Preloaded with `--import`: counts the files that are loaded after it, and tells by file descriptor 3 when SIGUSR2 comes.
import { writeSync } from 'node:fs'
import { Session } from 'node:inspector'

const session = new Session()
session.connect()
const loaded: [url: string, characters: number][] = []
// The debugger hears of every script and module alike, whichever loader it came by.
session.on('Debugger.scriptParsed', ({ params: { url, length } }) => {
  if (url.startsWith('file:') || url.startsWith('/')) loaded.push([url, length ?? 0])
})
session.post('Debugger.enable')
// What was there before, this file among it, is heard of at once.
loaded.length = 0

process.on('SIGUSR2', () => void writeSync(3, `${JSON.stringify(loaded)}\n`))
