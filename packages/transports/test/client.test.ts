import { ConnectionClosed } from '@parley/core'
import { mkdtempSync, readFileSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { launchable } from '../src/stdio/command.ts'
import { environment } from '../src/stdio/environment.ts'
import { stdio } from '../src/stdio/index.ts'
import type { StdioLink, StdioOptions } from '../src/stdio/index.ts'
import { Tail } from '../src/stdio/tail.ts'
import { responder } from './peers.ts'

const fixture = fileURLToPath(new URL('fixtures/server.mjs', import.meta.url))
const open: StdioLink[] = []

const dial = async (flags: readonly string[] = [], options: StdioOptions = {}): Promise<StdioLink> => {
  const link = await stdio(process.execPath, [fixture, ...flags], { stderr: 'ignore', ...options })(responder())
  open.push(link)
  return link
}

/** Whether a process runs; one that is dead and waits to be reaped does not. */
const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

const reasonOf = async (promise: Promise<unknown>): Promise<ConnectionClosed> => {
  const reason: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(reason).toBeInstanceOf(ConnectionClosed)
  return reason as ConnectionClosed
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((link) => link[Symbol.asyncDispose]()))
})

describe('starting a server', () => {
  it('T43: passes arguments on as they are, through no shell (SEC-EXEC-2)', async () => {
    const args = ['; touch x', '$(id)', '`id`', '"quoted"', "'single'", '*', 'a b', '', '--', '%PATH%', '\\']
    const cwd = realpathSync(mkdtempSync(`${tmpdir()}/parley-`))
    const link = await dial(args, { cwd })
    expect(await link.request('argv', {})).toEqual({ argv: args, cwd })
  })

  it('T43: gives it the listed variables and its own, nothing else of ours', async () => {
    process.env['PARLEY_SECRET'] = 'secret'
    try {
      const link = await dial([], { env: { OWN: 'value' } })
      const { env } = (await link.request('env', {})) as { env: Record<string, string> }
      expect(env['OWN']).toBe('value')
      expect(env['PATH']).toBe(process.env['PATH'])
      const allowed = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER', 'OWN']
      expect(Object.keys(env).filter((name) => !allowed.includes(name))).toEqual([])
    } finally {
      delete process.env['PARLEY_SECRET']
    }
  })

  it('leaves out exported shell functions, and takes the names that it is given', () => {
    const from = { PATH: '() { evil; }', HOME: '/home/me', EXTRA: 'e', SECRET: 's' }
    expect(environment({}, undefined, from)).toEqual({ HOME: '/home/me' })
    expect(environment({ HOME: '/other' }, ['HOME', 'EXTRA'], from)).toEqual({ HOME: '/other', EXTRA: 'e' })
  })

  it('names the command that cannot be started, and the directory that is not there', async () => {
    const missing = await reasonOf(stdio('no-such-command-here', ['x'])(responder()))
    expect(missing.message).toBe('Could not start no-such-command-here: there is no such command')
    const lost = await reasonOf(stdio(process.execPath, [], { cwd: '/no/such/place' })(responder()))
    expect(lost.message).toContain('there is no directory /no/such/place')
    const nul = await reasonOf(stdio(process.execPath, ['a\0b'])(responder()))
    expect(nul.message).toContain('Could not start')
  })

  it('T43: starts nothing without consent, which is asked with the whole command', async () => {
    const asked: unknown[] = []
    const consent = (...command: unknown[]): boolean => asked.push(command) < 0
    const refused = await reasonOf(stdio('rm', ['-rf', 'x'.repeat(5000)], { consent })(responder()))
    expect(refused.message).toBe('Starting rm was refused')
    expect(asked).toEqual([['rm', ['-rf', 'x'.repeat(5000)]]])
  })

  it('kills a child whose dial is given up', async () => {
    await expect(stdio(process.execPath, [fixture])(responder(), AbortSignal.abort('early'))).rejects.toBe('early')
    const giveUp = new AbortController()
    const dialling = stdio(process.execPath, [fixture, '--ignore-end', '--ignore-term'])(responder(), giveUp.signal)
    giveUp.abort('late')
    await expect(dialling).rejects.toBe('late')
  })

  it('SEC-EXEC-2: runs no batch file through a shell on Windows', () => {
    const machine = { platform: 'win32', execPath: 'C:\\node\\node.exe', exists: () => true } as const
    const npx = 'C:\\node\\node_modules\\npm\\bin\\npx-cli.js'
    expect(launchable('npx', ['-y', 'a&b'], machine)).toEqual(['C:\\node\\node.exe', [npx, '-y', 'a&b']])
    expect(launchable('NPX.CMD', [], machine)).toEqual(['C:\\node\\node.exe', [npx]])
    expect(() => launchable('tool.bat', ['a&b'], machine)).toThrow(ConnectionClosed)
    expect(launchable('server.exe', ['a&b'], machine)).toEqual(['server.exe', ['a&b']])
    expect(launchable('npx', [], { ...machine, platform: 'linux' })).toEqual(['npx', []])
  })
})

describe('talking to a server', () => {
  it('T1: answers, in both directions', async () => {
    const client = responder(() => ({ roots: [] }))
    const link = await stdio(process.execPath, [fixture], { stderr: 'ignore' })(client)
    open.push(link)
    expect(await link.request('ask', {})).toEqual({ heard: { roots: [] } })
    expect(await link.request('echo', { text: 'é€😀\n' })).toEqual({ text: 'é€😀\n' })
    expect(await link.request('pid', {})).toEqual({ pid: link.pid })
  })

  it('T1, T39: skips what is no message, tells about it, and answers none of it', async () => {
    const strays: string[] = []
    const link = await dial(['--junk'], { onStray: (line) => strays.push(line) })
    expect(await link.request('echo', { a: 1 })).toEqual({ a: 1 })
    expect(strays).toEqual(['hello', '{"level":30}', '42', '[1]'])
  })

  it('T39: gives a server up that writes nothing but junk', async () => {
    const link = await dial([], { maxStray: 100 })
    const reason = await reasonOf(link.request('stdout', { lines: 100_000 }))
    expect(reason.message).toContain('101 lines in a row that are no messages')
    await link.closed
  })

  it('REL-FRAME-1: rejects the one request whose answer is too long', async () => {
    const link = await dial([], { maxMessage: 1000 })
    await expect(link.request('echo', { fill: 'x'.repeat(1000) })).rejects.toThrow('longer than 1000 bytes')
    expect(await link.request('echo', { a: 1 })).toEqual({ a: 1 })
  })

  it('T2: takes no harm of a flood on stderr, keeps its last 64 KiB, and hands it on', async () => {
    let heard = 0
    const link = await dial([], { stderr: (chunk) => (heard += chunk.length) })
    await link.request('stderr', { kib: 2048 })
    await link[Symbol.asyncDispose]()
    expect(heard).toBe(2048 * 1024 + 4)
    expect(link.stderrTail).toHaveLength(65_536)
    expect(link.stderrTail.endsWith('x\nEND\n')).toBe(true)
  })

  it('keeps the last bytes of a stream, whatever pieces it comes in', () => {
    for (const size of [1, 3, 7, 10, 11, 40]) {
      const tail = new Tail(10)
      let all = ''
      for (let start = 0; start < 100; start += size) {
        const piece = Array.from({ length: size }, (_, index) =>
          String.fromCodePoint(97 + ((start + index) % 26)),
        ).join('')
        tail.push(Buffer.from(piece))
        all += piece
        expect(tail.text).toBe(all.slice(-10))
      }
    }
  })
})

describe('a server that goes away (goal R15)', () => {
  it('rejects what waits, with its exit code and the end of its stderr', async () => {
    const link = await dial()
    const waiting = link.request('hang', {})
    const [first, second] = await Promise.all([reasonOf(waiting), reasonOf(link.request('crash', {}))])
    expect(first.message).toBe(
      `${process.execPath} exited with code 3; the last it wrote to stderr:\nabout to [31mcrash`,
    )
    expect(first.stderr).toBe('about to \u001b[31mcrash\n')
    expect(second.message).toBe(first.message)
    expect(await link.closed).toBe(first)
    expect((await reasonOf(link.request('echo', {}))).message).toBe(first.message)
    await reasonOf(link.notify('x'))
    expect(runs(link.pid)).toBe(false)
  })

  it('names the signal that ended it', async () => {
    const link = await dial()
    const reason = await reasonOf(link.request('kill', {}))
    expect(reason.message).toContain('was ended by SIGKILL')
    await link.closed
    expect(runs(link.pid)).toBe(false)
  })

  it('reads its last answer before it counts as gone', async () => {
    const link = await dial()
    expect(await link.request('last', {})).toEqual({ fill: 'x'.repeat(300_000) })
    expect(await link.closed).toHaveProperty('message', `${process.execPath} exited with code 0`)
  })

  it('ends one that only closed its output', async () => {
    const link = await dial([], { grace: 100 })
    const reason = await reasonOf(link.request('close', {}))
    expect(reason.message).toContain('closed its output')
    await link.closed
    expect(runs(link.pid)).toBe(false)
  })
})

describe('closing', () => {
  it('T5: closes stdin and waits for the exit; however often it is asked to', async () => {
    const link = await dial()
    const waiting = reasonOf(link.request('hang', {}))
    const sending = Promise.allSettled([link.notify('x')])
    await Promise.all([link[Symbol.asyncDispose](), link[Symbol.asyncDispose]()])
    expect(runs(link.pid)).toBe(false)
    await waiting
    await sending
    await reasonOf(link.notify('late'))
    expect(await link.closed).toBeUndefined()
  })

  it('T5: goes on to SIGTERM, then to SIGKILL', async () => {
    const mild = await dial(['--ignore-end'], { grace: 100 })
    await mild.request('echo', {})
    await mild[Symbol.asyncDispose]()
    expect(runs(mild.pid)).toBe(false)
    const hard = await dial(['--ignore-end', '--ignore-term'], { grace: 100 })
    await hard.request('echo', {})
    await hard[Symbol.asyncDispose]()
    expect(runs(hard.pid)).toBe(false)
  })

  it.each([false, true])('T5: takes the descendants along, though one ignores SIGTERM: %s', async (resistant) => {
    const link = await dial([], { grace: 200 })
    const { pid } = (await link.request('grandchild', { resistant })) as { pid: number }
    expect(runs(pid)).toBe(true)
    await link[Symbol.asyncDispose]()
    expect(runs(pid)).toBe(false)
  })

  it.each([false, true])(
    'T5: takes along what a child left behind that exited, SIGTERM ignored: %s',
    async (resistant) => {
      const link = await dial([], { grace: 200 })
      const { pid } = (await link.request('orphan', { resistant })) as { pid: number }
      expect(await link.closed).toHaveProperty('message', `${process.execPath} exited with code 0`)
      expect(runs(pid)).toBe(false)
    },
  )

  it('leaves no listener on the process', async () => {
    const before = process.listenerCount('exit')
    const links = [await dial(), await dial()]
    expect(process.listenerCount('exit')).toBe(before + 1)
    await Promise.all(links.map((link) => link[Symbol.asyncDispose]()))
    expect(process.listenerCount('exit')).toBe(before)
  })
})
