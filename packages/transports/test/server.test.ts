import type { Responder } from '@parley/protocol'
import { Console } from 'node:console'
import { PassThrough } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { serveStdio } from '../src/stdio/index.ts'
import type { ServeStdioOptions, StdioServer } from '../src/stdio/index.ts'
import { responder, signalled } from './peers.ts'

type Bench = {
  stdin: PassThrough
  stdout: PassThrough
  stderr: PassThrough
  exits: number[]
  serving: StdioServer
}

const bench = async (server: Responder & Partial<AsyncDisposable>, options: ServeStdioOptions = {}): Promise<Bench> => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const exits: number[] = []
  const serving = await serveStdio(server, {
    stdin,
    stdout,
    stderr,
    exit: (code) => exits.push(code),
    signals: false,
    ...options,
  })
  return { stdin, stdout, stderr, exits, serving }
}

const request = '{"jsonrpc":"2.0","id":1,"method":"x"}\n'
const read = (stream: PassThrough): string => String(stream.read() ?? '')

describe('serving over stdio', () => {
  it('T6: finishes what is in flight when stdin ends, disposes of the server, then exits with 0', async () => {
    const seen: string[] = []
    const { promise, settle } = signalled()
    const { stdin, stdout, exits, serving } = await bench({
      ...responder(async ({ origin }) => {
        await promise
        seen.push(`answered on ${origin.road}`)
        return {}
      }),
      [Symbol.asyncDispose]: async () => void seen.push('disposed'),
    })
    stdin.on('end', () => setImmediate(settle))
    stdin.end(request)
    await serving.closed
    expect(seen).toEqual(['answered on stdio', 'disposed'])
    expect(exits).toEqual([0])
    expect(read(stdout)).toBe('{"jsonrpc":"2.0","id":1,"result":{}}\n')
  })

  it('T6: waits no longer than it is told for requests that do not end', async () => {
    const aborted = signalled<unknown>()
    const { stdin, stdout, exits, serving } = await bench(
      responder(({ signal }) => {
        signal.addEventListener('abort', () => aborted.settle(signal.reason))
        return new Promise(() => undefined)
      }),
      { linger: 20 },
    )
    stdin.end(request)
    await serving.closed
    expect(exits).toEqual([0])
    expect(await aborted.promise).toHaveProperty('name', 'ConnectionClosed')
    expect(read(stdout)).toBe('')
  })

  it('T6: waits no longer than it is told for a server that cannot be disposed of', async () => {
    const server = { ...responder(), [Symbol.asyncDispose]: (): Promise<void> => new Promise(() => undefined) }
    const { stdin, exits, serving } = await bench(server, { patience: 20 })
    stdin.end()
    await serving.closed
    expect(exits).toEqual([0])
  })

  it('says on stderr that the server could not be disposed of', async () => {
    const server = { ...responder(), [Symbol.asyncDispose]: () => Promise.reject(new Error('database is busy')) }
    const { stdin, stderr, serving } = await bench(server)
    stdin.end()
    await serving.closed
    expect(read(stderr)).toContain('database is busy')
  })

  it('T1: sends what others write to stdout to stderr, console included, and stops doing so at the end', async () => {
    const server = responder()
    const { stdin, stdout, stderr, serving } = await bench(server)
    const console = new Console({ stdout, stderr })
    console.log('log')
    console.info('info')
    console.debug('debug')
    console.table([1])
    console.dir({ dir: 1 })
    console.group('group')
    stdout.write('direct')
    stdin.write(request)
    await vi.waitFor(() => expect(stdout.readableLength).toBeGreaterThan(0))
    expect(read(stdout)).toBe('{"jsonrpc":"2.0","id":1,"result":{"echo":null}}\n')
    const heard = read(stderr)
    for (const text of ['log', 'info', 'debug', 'Values', 'dir: 1', 'group', 'direct']) expect(heard).toContain(text)
    stdin.end()
    await serving.closed
    stdout.write('after')
    expect(read(stdout)).toBe('after')
    expect(Object.hasOwn(stdout, 'write')).toBe(false)
  })

  it('survives a stderr that nobody reads any more', async () => {
    const { stdin, stdout, stderr, serving } = await bench(responder())
    stderr.destroy(new Error('EPIPE'))
    stdout.write('log line')
    stdin.end(request)
    await serving.closed
    expect(read(stdout)).toContain('"id":1')
  })

  it('ends once when stdout breaks', async () => {
    const { stdin, stdout, exits, serving } = await bench(responder())
    stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    stdin.write(request)
    await serving.closed
    stdin.end()
    expect(exits).toEqual([1])
  })

  it('answers a line past the limit and goes on (goal R7)', async () => {
    const { stdin, stdout, serving } = await bench(responder(), { maxMessage: 100 })
    stdin.end(`${'x'.repeat(101)}\n${request}`)
    await serving.closed
    const lines = read(stdout).split('\n')
    expect(lines[0]).toContain('longer than 100 bytes')
    expect(lines[1]).toContain('"id":1,"result"')
  })

  it('stops when its handle is disposed of, and leaves the process alone', async () => {
    const { exits, serving, stdin } = await bench(responder())
    await serving[Symbol.asyncDispose]()
    await serving.closed
    expect(exits).toEqual([])
    expect(stdin.destroyed).toBe(true)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('T6: %s does as the end of stdin does, and a second one exits at once', async (signal, code) => {
    const before = process.listenerCount(signal)
    const { promise, settle } = signalled()
    const slow = responder(async () => {
      await promise
      return {}
    })
    const { stdin, stdout, exits, serving } = await bench(slow, { signals: true })
    stdin.write(request)
    await vi.waitFor(() => expect(stdin.readableLength).toBe(0))
    process.emit(signal)
    process.emit(signal)
    expect(exits).toEqual([code])
    settle()
    await serving.closed
    expect(read(stdout)).toContain('"id":1')
    expect(exits).toEqual([code, code])
    expect(process.listenerCount(signal)).toBe(before)
  })
})
