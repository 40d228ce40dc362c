// Preloaded before a program: writes the files that it has loaded, one on each line, to stderr when it ends.
import { writeSync } from 'node:fs'
import { Session } from 'node:inspector'

const urls = []
const session = new Session()
session.connect()
session.on('Debugger.scriptParsed', ({ params: { url } }) => urls.push(url))
// What is already there is told at once: this file, and no part of the program.
session.post('Debugger.enable')
urls.length = 0
process.on('exit', () => writeSync(2, urls.filter((url) => url.startsWith('file:')).join('\n')))
