// The least that a client over stdio can do: write lines, read lines, find who asked. What one turn brings is one write.
import { spawn } from 'node:child_process'
import { callText, discover, initialize, initialized, legacy, readAnswer } from '../messages.ts'
import type { Version } from '../messages.ts'
import { programPath } from '../process.ts'
import { given, obey, textOf } from './loop.ts'

const version = process.argv[2] as Version
const { stdin, stdout } = spawn(process.execPath, [programPath('servers/stdio-floor')], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const pending = new Map<unknown, (text: string) => void>()
let parts: Uint8Array[] = []
let out = ''
let ids = 0

stdout.on('data', (chunk: Buffer) => {
  const last = chunk.lastIndexOf(0x0a)
  if (last === -1) {
    parts.push(chunk)
    return
  }
  const text = Buffer.concat([...parts, chunk.subarray(0, last)]).toString('utf8')
  parts = last + 1 < chunk.length ? [chunk.subarray(last + 1)] : []
  for (const line of text.split('\n')) {
    const answer = readAnswer(line)
    pending.get(answer.id)?.(textOf(answer.result ?? {}))
    pending.delete(answer.id)
  }
})

const flush = (): void => {
  stdin.write(out)
  out = ''
}

const send = (line: string): void => {
  if (out === '') process.nextTick(flush)
  out += `${line}\n`
}

const first = new Promise<string>((resolve) => pending.set('first', resolve))
send(version === legacy ? initialize : discover)
await first
if (version === legacy) send(initialized)

obey(
  (index) =>
    new Promise((resolve) => {
      const id = ids++
      pending.set(id, resolve)
      send(callText(version, id, { name: 'add', arguments: given(index), expected: '' }))
    }),
)
