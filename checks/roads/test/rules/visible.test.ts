import type { Principal } from '@parley/core'
import { Peer, revisions } from '@parley/protocol'
import { connect } from '@parley/client'
import { Server } from '@parley/server'
import { pair } from '@parley/transports/memory'
import { describe, expect, it } from 'vitest'

const versions = [revisions[0]?.version ?? '', revisions.find(({ era }) => era === 'legacy')?.version ?? '']
const alice: Principal = { issuer: 'test', subject: 'alice', scopes: [] }
const bob: Principal = { issuer: 'test', subject: 'bob', scopes: [] }

const library = (): Server => {
  const server = new Server({ name: 'test', version: '1.0.0' })
  server.resource('a:secret', { visible: (who) => who?.subject === 'alice' }, () => 'secret')
  server.resource('b:{name}', { visible: (who) => who?.subject === 'alice' }, () => 'secret too')
  return server
}

const as = (server: Server, principal: Principal, version: string): ReturnType<typeof connect> =>
  connect(
    (responder) => {
      const [near, far] = pair()
      const serving = new Peer(far, server, { origin: { road: 'memory', principal } })
      const link = new Peer(near, responder)
      void link.closed.then(() => serving[Symbol.asyncDispose]())
      return Promise.resolve(link)
    },
    { name: 'test', version: '1.0.0', versions: [version] },
  )

describe.each(versions)('a resource that not everybody may see, in %s', (version) => {
  it('R6, O9: can be subscribed to by those who may, and by nobody else', async () => {
    const server = library()
    const [hers, his] = [await as(server, alice, version), await as(server, bob, version)]
    const filter = { resourceSubscriptions: ['a:secret', 'b:x'] }
    const heard = await hers.listen(filter)
    expect(heard.acknowledged).toEqual(filter)
    const refused = await his.listen(filter).catch((error: unknown) => error)
    if (version === versions[0]) expect(refused).toMatchObject({ acknowledged: { resourceSubscriptions: [] } })
    else expect(refused).toMatchObject({ kind: 'resourceNotFound' })
    server.resourceUpdated('a:secret')
    expect(await heard[Symbol.asyncIterator]().next()).toMatchObject({ value: { uri: 'a:secret' } })
    await Promise.all([hers.close(), his.close()])
  })
})

describe('a method that was taken over', () => {
  it('B14: is advertised, and so answered for clients that go by that', async () => {
    const server = new Server({ name: 'test', version: '1.0.0' })
    expect(server.capabilities.tools).toBeUndefined()
    server.handle('tools/list', () => ({ tools: [{ name: 'mine', inputSchema: { type: 'object' } }] }))
    expect(server.capabilities.tools).toEqual({})
    const client = await as(server, alice, versions[0] ?? '')
    expect(await client.listTools()).toMatchObject([{ name: 'mine' }])
    await client.close()
  })
})
