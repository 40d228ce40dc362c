import { Peer } from '@parley/protocol'
import { memoryBus } from '@parley/server'
import { memoryEventLog } from '@parley/transports/http/server'
import { memory, pair } from '@parley/transports/memory'
import { lineChannel, serveStdio } from '@parley/transports/stdio'
import { PassThrough } from 'node:stream'
import { describeChangeBus, describeChannel, describeEventLog, describeTransport } from '../src/index.ts'

const written = (stream: PassThrough, frame: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    const line = typeof frame === 'string' ? Buffer.from(frame) : frame
    stream.write(Buffer.concat([line, Buffer.from('\n')]), (error) => (error ? reject(error) : resolve()))
  })

describeChangeBus('the bus of one process', () => ({ bus: memoryBus() }))

describeEventLog('the log of one process', () => ({ log: memoryEventLog() }))

describeChannel('a pair in memory', () => {
  const [near, far] = pair()
  return { near, far }
})

describeChannel('lines over streams', () => {
  const [there, back] = [new PassThrough(), new PassThrough()]
  return {
    near: lineChannel(back, there, { flush: 100 }),
    far: lineChannel(there, back, { flush: 100 }),
    inject: (frame) => written(there, frame),
  }
})

describeTransport('memory', async (server, client) => ({ link: await memory(server)(client) }))

describeTransport('stdio', async (server, client) => {
  const [there, back] = [new PassThrough(), new PassThrough()]
  const serving = await serveStdio(server, { stdin: there, stdout: back, exit: false, signals: false, linger: 0 })
  return {
    link: new Peer(lineChannel(back, there), client, { origin: { road: 'stdio' } }),
    inject: (frame) => written(there, frame),
    close: () => serving[Symbol.asyncDispose](),
  }
})
