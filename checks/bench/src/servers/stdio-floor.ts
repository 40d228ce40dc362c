// The least that a server over stdio can do: read, split, parse, dispatch, write out; answers of one read are one write.
import { once } from 'node:events'
import { answerText, notificationsOf, notificationText } from './floor.ts'
import type { Incoming } from './floor.ts'

const LF = 0x0a
const full = 65_536

let parts: Uint8Array[] = []
let out = ''
let notifying: Promise<void> = Promise.resolve()

const flush = (): boolean => {
  const text = out
  out = ''
  return text === '' || process.stdout.write(text)
}

const notify = async (message: Incoming): Promise<void> => {
  const count = notificationsOf(message)
  for (let progress = 1; progress <= count; progress++) {
    out += `${notificationText(message, progress)}\n`
    if (out.length > full && !flush()) await once(process.stdout, 'drain')
  }
  out += `${answerText(message)}\n`
  flush()
}

const take = (line: string): void => {
  const message = JSON.parse(line) as Incoming
  if (message.id === undefined) return
  if (message.method === 'tools/call' && notificationsOf(message) > 0) notifying = notifying.then(() => notify(message))
  else out += `${answerText(message)}\n`
}

process.stdin.on('data', (chunk: Buffer) => {
  const last = chunk.lastIndexOf(LF)
  if (last === -1) {
    parts.push(chunk)
    return
  }
  const text = Buffer.concat([...parts, chunk.subarray(0, last)]).toString('utf8')
  parts = last + 1 < chunk.length ? [chunk.subarray(last + 1)] : []
  for (const line of text.split('\n')) take(line)
  flush()
})
