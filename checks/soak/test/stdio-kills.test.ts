import { ConnectionClosed } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { Responder } from '@parley/protocol'
import { stdio } from '@parley/transports/stdio'
import type { StdioLink } from '@parley/transports/stdio'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const file = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
const server = file('stdio-kills.server.mjs')
const cycles = Number(process.env['PARLEY_CYCLES'] ?? 50)
const grace = 300

const nobody: Responder = { respond: () => Promise.resolve(undefined), hear: () => undefined }

const dial = (flags: readonly string[], signal?: AbortSignal): Promise<StdioLink> =>
  stdio(process.execPath, [server, ...flags], { stderr: 'ignore', grace })(nobody, signal)

type Stat = { pid: number; state: string; parent: number }

const stats = (): Stat[] =>
  readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return []
    try {
      const text = readFileSync(`/proc/${entry}/stat`, 'latin1')
      const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ', 2)
      return [{ pid: Number(entry), state, parent: Number(parent) }]
    } catch {
      return []
    }
  })

const running = (pids: readonly number[]): number[] =>
  stats()
    .filter(({ pid, state }) => pids.includes(pid) && state !== 'Z' && state !== 'X')
    .map(({ pid }) => pid)

const zombies = (): number => stats().filter(({ parent, state }) => parent === process.pid && state === 'Z').length

const descriptors = (): number => readdirSync('/proc/self/fd').length

const pidOf = (result: JsonObject): number => Number(result['pid'])

/** Milliseconds from `act` to the rejection of a request that was waiting. */
const untilRejected = async (link: StdioLink, act: () => void): Promise<number> => {
  const waiting = link.request('hang', {})
  waiting.catch(() => undefined)
  await link.request('pid', {})
  const start = performance.now()
  act()
  await expect(waiting).rejects.toBeInstanceOf(ConnectionClosed)
  return performance.now() - start
}

/** What one cycle leaves to be judged: the processes that must be gone, and how long a request waited to hear of it. */
type Left = { pids: number[]; rejected?: number }

const closing = async (flags: readonly string[], before?: (link: StdioLink) => Promise<number>): Promise<Left> => {
  const link = await dial(flags)
  const pids = [pidOf(await link.request('pid', {})), ...(before === undefined ? [] : [await before(link)])]
  await link[Symbol.asyncDispose]()
  return { pids }
}

const dying = async (act: (link: StdioLink) => void): Promise<Left> => {
  const link = await dial([])
  const rejected = await untilRejected(link, () => act(link))
  await link.closed
  return { pids: [link.pid], rejected }
}

const abandoned = async (way: 'exit' | 'kill', flags: readonly string[]): Promise<Left> => {
  const args = [file('stdio-kills.parent.mjs'), way, process.execPath, server, ...flags]
  const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(parent, 'exit')
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  if (way === 'kill') parent.kill('SIGKILL')
  await gone
  const pids = [Number(String(line).trim())]
  // Nobody is left to wait for it, so its end is looked for; the goal is two seconds.
  for (let count = 0; count < 100 && running(pids).length > 0; count += 1) await sleep(20)
  return { pids }
}

const ways: Record<string, () => Promise<Left>> = {
  'is closed': () => closing([]),
  'is given up while it is dialled': async () => {
    const giveUp = new AbortController()
    const dialling = dial(['--stubborn'], giveUp.signal)
    setImmediate(() => giveUp.abort(new Error('given up')))
    const link = await dialling.catch(() => undefined)
    await link?.[Symbol.asyncDispose]()
    return { pids: link === undefined ? [] : [link.pid] }
  },
  'is killed': () => dying(({ pid }) => process.kill(pid, 'SIGKILL')),
  'exits in the middle of a call': () => dying((link) => void link.request('crash', {}).catch(() => undefined)),
  'does not heed the end of stdin': () => closing(['--deaf']),
  'heeds no signal either': () => closing(['--stubborn']),
  'leaves a child of its own': () => closing([], async (link) => pidOf(await link.request('grandchild', {}))),
  'loses a client that exits': () => abandoned('exit', ['--stubborn']),
  'loses a client that is killed': () => abandoned('kill', []),
}

describe.runIf(process.platform === 'linux')('goal R15: no process outlives its link, whatever happens to it', () => {
  it(`in ${cycles} cycles`, async () => {
    const names = Object.keys(ways)
    const table = new Map(names.map((name) => [name, { cycles: 0, slowest: 0, rejected: 0 }]))
    await closing([])
    const before = descriptors()
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const name = names[cycle % names.length] ?? ''
      const start = performance.now()
      const { pids, rejected = 0 } = (await ways[name]?.()) ?? { pids: [] }
      const row = table.get(name)
      if (row === undefined) continue
      row.cycles += 1
      row.slowest = Math.round(Math.max(row.slowest, performance.now() - start))
      row.rejected = Math.round(Math.max(row.rejected, rejected))
      expect(running(pids), `left by a server that ${name}`).toEqual([])
    }
    console.table(Object.fromEntries(table))
    expect(zombies()).toBe(0)
    expect(descriptors()).toBeLessThanOrEqual(before)
    expect(process.listenerCount('exit')).toBeLessThanOrEqual(process.getMaxListeners())
  })

  it('and each ends by itself as it should', async () => {
    const codeOf = async (act: (pid: number, end: () => void) => void): Promise<[unknown, string]> => {
      const child = spawn(process.execPath, [server], { stdio: ['pipe', 'pipe', 'ignore'] })
      let out = ''
      child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)))
      child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"pid"}\n')
      await once(child.stdout, 'data')
      act(child.pid ?? 0, () => child.stdin.end())
      const [code] = (await once(child, 'close')) as [unknown]
      return [code, out.replace(/\d{2,}/, 'N')]
    }
    const answer = '{"jsonrpc":"2.0","id":1,"result":{"pid":N}}\n'
    expect(await codeOf((_pid, end) => end())).toEqual([0, answer])
    expect(await codeOf((pid) => process.kill(pid, 'SIGTERM'))).toEqual([143, answer])
    expect(await codeOf((pid) => process.kill(pid, 'SIGINT'))).toEqual([130, answer])
  })
})
