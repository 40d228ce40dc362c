import { connect, ConnectionClosed } from '@parley/client'
import type { ClientOptions } from '@parley/client'
import type { Principal } from '@parley/core'
import { Peer } from '@parley/protocol'
import type { Dial, Link, Responder } from '@parley/protocol'
import { proxy } from '@parley/proxy'
import type { ProxyOptions, ProxyTarget } from '@parley/proxy'
import { Server } from '@parley/server'
import { memory, pair } from '@parley/transports/memory'
import { expect, it } from 'vitest'

const near = (versions: string[], more: Partial<ClientOptions> = {}): ClientOptions => ({
  name: 'near',
  version: '1.0.0',
  versions,
  ...more,
})

const silent: ProxyOptions = { onError: () => undefined }
const bothEras = [['2025-11-25'], ['2026-07-28']]

/** A way to a server whose connections can be counted, and cut. */
const cuttable = (server: Responder): { readonly links: Link[]; readonly dial: Dial } => {
  const links: Link[] = []
  const dial = memory(server)
  return {
    links,
    dial: async (responder, signal) => {
      const link = await dial(responder, signal)
      links.push(link)
      return link
    },
  }
}

it.each(bothEras)('%s: what cannot be reached is told in one sentence, and tried again', async (version) => {
  await using server = new Server({ name: 'behind', version: '1.0.0' })
  server.tool('hello', {}, () => 'hello')
  const errors: unknown[] = []
  let up = false
  const dial: Dial = (responder, signal) =>
    up ? memory(server)(responder, signal) : Promise.reject(new Error('secret-host:1234 refused'))
  await using between = proxy(dial, { onError: (error) => errors.push(error) })
  const told = await connect(memory(between), near([version])).catch((error: unknown) => error)
  expect(String(told)).toContain('The server behind this proxy cannot be reached')
  expect(String(told)).not.toContain('secret-host')
  expect(errors.map(String)).toContain('Error: secret-host:1234 refused')
  up = true
  await using client = await connect(memory(between), near([version]))
  expect((await client.callTool('hello')).content).toEqual([{ type: 'text', text: 'hello' }])
})

it.each(bothEras)('%s: a lost connection is made anew for the next call, and listeners look again', async (version) => {
  await using server = new Server({ name: 'behind', version: '1.0.0' })
  server.tool('hello', {}, () => 'hello')
  server.resource('note://one', () => 'one')
  const road = cuttable(server)
  await using between = proxy(road.dial, silent)
  await using client = await connect(memory(between), near([version]))
  await using heard = await client.listen({ toolsListChanged: true, resourceSubscriptions: ['note://one'] })
  const changes = heard[Symbol.asyncIterator]()
  const before = road.links.length
  await road.links.at(-1)?.[Symbol.asyncDispose]()
  expect((await client.callTool('hello')).content).toEqual([{ type: 'text', text: 'hello' }])
  expect(road.links.length).toBe(before + 1)
  expect((await changes.next()).value).toEqual({ type: 'toolsListChanged' })
  expect((await changes.next()).value).toEqual({ type: 'resourceUpdated', uri: 'note://one' })
})

it.each(bothEras)('%s: a call whose connection is lost has one outcome, an error', async (version) => {
  await using server = new Server({ name: 'behind', version: '1.0.0' })
  let begun: () => void = () => undefined
  const running = new Promise<void>((resolve) => {
    begun = resolve
  })
  server.tool('hang', {}, (_, { signal }) => {
    begun()
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  const road = cuttable(server)
  const errors: unknown[] = []
  await using between = proxy(road.dial, { onError: (error) => errors.push(error) })
  await using client = await connect(memory(between), near([version]))
  const call = client.callTool('hang').catch((error: unknown) => error)
  await running
  await road.links.at(-1)?.[Symbol.asyncDispose]()
  expect(await call).toMatchObject({ code: -32603 })
  expect(errors).toEqual([expect.any(ConnectionClosed)])
})

it('a legacy server that asks outside of any call is answered during the next one', async () => {
  const legacy = ['2025-11-25']
  let answered: (answer: unknown) => void = () => undefined
  const answer = new Promise((resolve) => {
    answered = resolve
  })
  await using server = new Server({ name: 'behind', version: '1.0.0' })
  server.tool('hello', {}, () => answer.then(() => 'hello'))
  const behind: Dial = async (responder) => {
    const [ours, theirs] = pair()
    const far: Peer = new Peer(
      theirs,
      {
        respond: (exchange) => server.respond(exchange),
        hear: (notification) => {
          if (notification.method === 'notifications/initialized')
            far.request('roots/list', {}).then(answered, answered)
        },
      },
      { origin: { road: 'memory' } },
    )
    return new Peer(ours, responder, { origin: { road: 'memory' } })
  }
  await using between = proxy(behind, { ...silent, client: { versions: legacy } })
  const roots = [{ uri: 'file:///home' }]
  await using client = await connect(memory(between), near(legacy, { roots }))
  await client.callTool('hello')
  expect(await answer).toEqual({ roots })
})

/** Dials a server as somebody whom a road has verified. */
const as =
  (server: Responder, subject: string): Dial =>
  async (responder) => {
    const principal: Principal = { issuer: 'https://issuer.example', subject, scopes: [] }
    const [ours, theirs] = pair()
    const far = new Peer(theirs, server, { origin: { road: 'memory', principal } })
    void far.closed
    return new Peer(ours, responder, { origin: { road: 'memory' } })
  }

const named = (name: string): Server => {
  const server = new Server({ name, version: '1.0.0' })
  server.tool('who', {}, () => name)
  return server
}

it('each principal has a connection of its own, with what is theirs alone', async () => {
  await using ada = named('ada')
  await using alan = named('alan')
  const target: ProxyTarget = { for: (principal) => memory(principal?.subject === 'ada' ? ada : alan) }
  await using between = proxy(target, silent)
  for (const version of bothEras) {
    await using first = await connect(as(between, 'ada'), near(version))
    await using second = await connect(as(between, 'alan'), near(version))
    expect((await first.callTool('who')).content).toEqual([{ type: 'text', text: 'ada' }])
    expect((await second.callTool('who')).content).toEqual([{ type: 'text', text: 'alan' }])
  }
})

it('T15: makes room by closing what nobody uses, and refuses where everything is in use', async () => {
  await using server = named('behind')
  const road = cuttable(server)
  await using between = proxy(road.dial, { ...silent, maxConnections: 1 })
  const first = await connect(as(between, 'ada'), near(['2025-11-25']))
  await expect(connect(as(between, 'alan'), near(['2025-11-25']))).rejects.toThrow('Too many connections')
  await first.close()
  await using second = await connect(as(between, 'alan'), near(['2025-11-25']))
  expect((await second.callTool('who')).content).toEqual([{ type: 'text', text: 'behind' }])
  await road.links[0]?.closed
})
