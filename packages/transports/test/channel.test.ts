import { ConnectionClosed } from '@parley/core'
import { Encoded, Peer } from '@parley/protocol'
import type { Arrival, Message } from '@parley/protocol'
import { Duplex, PassThrough, Writable } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { lineChannel } from '../src/stdio/index.ts'
import { responder, signalled } from './peers.ts'

afterEach(() => {
  vi.useRealTimers()
})

const note = (method: string, size = 0): Message => ({
  kind: 'notification',
  method,
  params: size === 0 ? undefined : { fill: 'x'.repeat(size) },
})

/** A stream that takes one write at a time, and only when told to. */
class Valve extends Writable {
  readonly writes: string[] = []
  #next: (() => void) | undefined

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.writes.push(String(chunk))
    this.#next = done
  }

  open(): void {
    const next = this.#next
    this.#next = undefined
    next?.()
  }
}

const collect = async (channel: AsyncIterable<Arrival>): Promise<Message[]> => {
  const messages: Message[] = []
  for await (const { message } of channel) messages.push(message)
  return messages
}

describe('a line channel', () => {
  it('T1, T9: carries whole messages over any two byte streams, one a line', async () => {
    const input = new PassThrough()
    const output = new PassThrough()
    const channel = lineChannel(input, output)
    await channel.send(note('a\nb'))
    await channel.send({ kind: 'result', id: 1, result: new Encoded('{\n  "pretty": true\n}') })
    input.end('{"jsonrpc":"2.0","method":"x"}\n\n{"jsonrpc":"2.0","id":1,"method":"y"}')
    expect(await collect(channel)).toEqual([
      { kind: 'notification', method: 'x', params: undefined },
      { kind: 'request', id: 1, method: 'y', params: undefined },
    ])
    await channel[Symbol.asyncDispose]()
    const lines = String(output.read()).split('\n')
    expect(lines).toEqual([
      '{"jsonrpc":"2.0","method":"a\\nb"}',
      '{"jsonrpc":"2.0","id":1,"result":{   "pretty": true }}',
      '',
    ])
  })

  it('writes what comes in one turn as one, and then what came while the stream was busy', async () => {
    const valve = new Valve()
    const channel = lineChannel(new PassThrough(), valve)
    const send = (...methods: string[]): void => {
      for (const method of methods) void channel.send(note(method))
    }
    send('a', 'b')
    await new Promise(process.nextTick)
    send('c')
    await new Promise(process.nextTick)
    send('d')
    expect(valve.writes).toEqual(['{"jsonrpc":"2.0","method":"a"}\n{"jsonrpc":"2.0","method":"b"}\n'])
    valve.open()
    await vi.waitFor(() => expect(valve.writes).toHaveLength(2))
    expect(valve.writes[1]).toBe('{"jsonrpc":"2.0","method":"c"}\n{"jsonrpc":"2.0","method":"d"}\n')
    valve.open()
    await channel[Symbol.asyncDispose]()
  })

  it('writes as soon as much has been gathered, so that a loop that never yields is heard', async () => {
    const valve = new Valve()
    const channel = lineChannel(new PassThrough(), valve)
    await channel.send(note('a', 40_000))
    expect(valve.writes).toHaveLength(0)
    const sent = channel.send(note('b', 40_000))
    expect(valve.writes).toHaveLength(1)
    // One such write is all that waits for a loop that awaits.
    expect(sent).toBeInstanceOf(Promise)
    valve.open()
    await sent
    await channel[Symbol.asyncDispose]()
  })

  it('writes the answers to all that came in one chunk as one', async () => {
    const input = new PassThrough()
    const valve = new Valve()
    const peer = new Peer(lineChannel(input, valve), responder())
    input.write('{"jsonrpc":"2.0","id":1,"method":"x"}\n{"jsonrpc":"2.0","id":2,"method":"x"}\n')
    await vi.waitFor(() => expect(valve.writes).toHaveLength(1))
    expect(valve.writes[0]?.split('\n')).toHaveLength(3)
    valve.open()
    await peer[Symbol.asyncDispose]()
  })

  it('makes the sender wait past the soft limit, and lets it go on when there is room', async () => {
    const valve = new Valve()
    const channel = lineChannel(new PassThrough(), valve, { softLimit: 200 })
    await channel.send(note('first', 100))
    await new Promise(process.nextTick)
    let room = false
    const sent = Promise.resolve(channel.send(note('second', 100))).then(() => (room = true))
    await Promise.resolve()
    expect(room).toBe(false)
    valve.open()
    await sent
    expect(room).toBe(true)
    valve.open()
    await channel[Symbol.asyncDispose]()
  })

  it('cuts off a far side that takes nothing while more than the hard limit waits (goal R5)', async () => {
    vi.useFakeTimers()
    const channel = lineChannel(new PassThrough(), new Valve(), { hardLimit: 100, stall: 30_000, flush: 0 })
    const read = collect(channel)
    read.catch(() => undefined)
    const sent = channel.send(note('a', 200))
    const waiting = channel.send(note('b', 1_100_000))
    await sent
    await vi.advanceTimersByTimeAsync(30_001)
    await expect(read).rejects.toThrow('took nothing for 30000 ms')
    await expect(waiting).rejects.toBeInstanceOf(ConnectionClosed)
    await expect(channel.send(note('c'))).rejects.toBeInstanceOf(ConnectionClosed)
    const closing = channel[Symbol.asyncDispose]()
    await vi.runAllTimersAsync()
    await closing
  })

  it('REL-HANG-1: settles every send when it is closed, and rejects those after', async () => {
    const channel = lineChannel(new PassThrough(), new Valve(), { softLimit: 10, flush: 0 })
    const waiting = Promise.allSettled(['a', 'b', 'c'].map(async (method) => channel.send(note(method))))
    await Promise.all([channel[Symbol.asyncDispose](), channel[Symbol.asyncDispose]()])
    for (const { status } of await waiting) expect(status).toBe('rejected')
    await expect(channel.send(note('late'))).rejects.toBeInstanceOf(ConnectionClosed)
    expect(await collect(channel)).toEqual([])
  })

  it('closes once on EPIPE, without an uncaught error', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    })
    const channel = lineChannel(new PassThrough(), broken)
    const read = collect(channel)
    read.catch(() => undefined)
    void channel.send(note('a'))
    await expect(read).rejects.toThrow('The connection broke: write EPIPE')
    await expect(channel.send(note('b'))).rejects.toBeInstanceOf(ConnectionClosed)
    await channel[Symbol.asyncDispose]()
  })

  it('rejects what JSON cannot hold and stays open', async () => {
    const channel = lineChannel(new PassThrough(), new PassThrough())
    await expect(channel.send({ kind: 'notification', method: 'a', params: { big: 1n } })).rejects.toThrow(TypeError)
    expect(await channel.send(note('b'))).toBeUndefined()
    await channel[Symbol.asyncDispose]()
  })

  it('stops reading while nobody takes what has come', async () => {
    const input = new PassThrough()
    const channel = lineChannel(input, new PassThrough())
    for (let count = 0; count < 100; count += 1) input.write(`{"jsonrpc":"2.0","method":"n${count}"}\n`)
    await vi.waitFor(() => expect(input.isPaused()).toBe(true))
    input.end()
    expect(await collect(channel)).toHaveLength(100)
    await channel[Symbol.asyncDispose]()
  })

  it('answers a request that came before the far side stopped sending', async () => {
    const input = new PassThrough()
    const output = new PassThrough()
    const { promise, settle } = signalled()
    const peer = new Peer(
      lineChannel(input, output),
      responder(async () => {
        await promise
        return { late: true }
      }),
      { linger: 1000 },
    )
    input.end('{"jsonrpc":"2.0","id":1,"method":"slow"}\n')
    input.on('end', () => setImmediate(settle))
    await peer.closed
    expect(JSON.parse(String(output.read()))).toEqual({ jsonrpc: '2.0', id: 1, result: { late: true } })
  })

  it('lets go of both directions of a socket', async () => {
    const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
    const channel = lineChannel(socket, socket)
    await channel[Symbol.asyncDispose]()
    expect(socket.destroyed).toBe(true)
  })
})
