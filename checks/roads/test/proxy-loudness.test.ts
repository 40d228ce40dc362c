import { connect } from '@parley/client'
import { proxy } from '@parley/proxy'
import { Server } from '@parley/server'
import { memory } from '@parley/transports/memory'
import { expect, it } from 'vitest'

const legacy = ['2025-11-25']
const modern = ['2026-07-28']

const talkative = (levels: unknown[]): Server => {
  const server = new Server({ name: 'behind', version: '1.0.0' })
  server.tool('speak', {}, (_, ctx) => {
    for (const level of ['debug', 'info', 'error'] as const) ctx.log(level, level)
    return 'spoken'
  })
  return server.use((call, next) => {
    if (call.method === 'logging/setLevel') levels.push(call.params['level'])
    return next(call)
  })
}

it('a legacy server behind is told the level of modern calls, and each hears its own', async () => {
  const levels: unknown[] = []
  await using server = talkative(levels)
  await using between = proxy(memory(server), { client: { versions: legacy } })
  const heard: unknown[] = []
  const onLog = ({ level }: { level: string }): void => void heard.push(level)
  await using client = await connect(memory(between), { name: 'near', version: '1.0.0', versions: modern, onLog })
  await client.callTool('speak')
  expect(heard.splice(0)).toEqual([])
  await client.callTool('speak', {}, { logLevel: 'error' })
  expect(heard.splice(0)).toEqual(['error'])
  await client.callTool('speak', {}, { logLevel: 'debug' })
  expect(heard.splice(0)).toEqual(['debug', 'info', 'error'])
  await client.callTool('speak', {}, { logLevel: 'error' })
  expect(heard.splice(0)).toEqual(['error'])
  expect(levels).toEqual(['error', 'debug'])
})

it('legacy sessions that share a connection each hear their own level, and it falls again when one goes', async () => {
  const levels: unknown[] = []
  await using server = talkative(levels)
  await using between = proxy(memory(server), { client: { versions: legacy } })
  const heard: Record<string, unknown[]> = { loud: [], quiet: [] }
  const open = (name: 'loud' | 'quiet') =>
    connect(memory(between), {
      name,
      version: '1.0.0',
      versions: legacy,
      logLevel: name === 'loud' ? 'debug' : 'error',
      onLog: ({ level }) => heard[name]?.push(level),
    })
  await using quiet = await open('quiet')
  const loud = await open('loud')
  await quiet.callTool('speak')
  await loud.callTool('speak')
  expect(heard).toEqual({ quiet: ['error'], loud: ['debug', 'info', 'error'] })
  await loud.close()
  await expect.poll(() => quiet.callTool('speak').then(() => levels)).toEqual(['error', 'debug', 'error'])
})

it('a connection that was lost is told the level again', async () => {
  const levels: unknown[] = []
  await using server = talkative(levels)
  const links: AsyncDisposable[] = []
  const dial = memory(server)
  const target: typeof dial = async (responder, signal) => {
    const link = await dial(responder, signal)
    links.push(link)
    return link
  }
  await using between = proxy(target, { client: { versions: legacy }, onError: () => undefined })
  await using client = await connect(memory(between), { name: 'near', version: '1.0.0', versions: legacy })
  await client.setLogLevel('debug')
  await links.at(-1)?.[Symbol.asyncDispose]()
  await client.callTool('speak')
  expect(levels).toEqual(['debug', 'debug'])
})
