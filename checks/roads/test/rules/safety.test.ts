import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import { Peer, revisions } from '@parley/protocol'
import type { Dial } from '@parley/protocol'
import { Server } from '@parley/server'
import { pair } from '@parley/transports/memory'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'

/** Reaches a server as somebody whom the road has verified. */
const dialAs =
  (server: Server, subject: string): Dial =>
  (responder) => {
    const [near, far] = pair()
    void new Peer(far, server, {
      origin: { road: 'memory', principal: { issuer: 'https://issuer.example', subject, scopes: [] } },
    })
    return Promise.resolve(new Peer(near, responder))
  }

const connectAs = (server: Server, subject: string, version?: string): Promise<Client> =>
  connect(dialAs(server, subject), {
    name: 'test',
    version: '1.0.0',
    ...(version === undefined ? {} : { versions: [version] }),
  })

const refusal = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)

describe('a private result', () => {
  it('A3: is kept for the one who read it, and for nobody else', async () => {
    const server = new Server({ name: 'diary', version: '1.0.0' }, { listHints: { ttlMs: 60_000 } })
    const read = vi.fn((subject: string | undefined) => `The diary of ${subject}`)
    server.resource('diary://today', { ttlMs: 60_000 }, (_, ctx) => read(ctx.auth?.subject))
    server.resource('diary://bob', { visible: (principal) => principal?.subject === 'bob' }, () => 'Secret')
    const ada = await connectAs(server, 'ada')
    const bob = await connectAs(server, 'bob')
    for (let time = 1; time <= 2; time += 1) {
      expect((await ada.readResource('diary://today')).text()).toBe('The diary of ada')
      expect((await bob.readResource('diary://today')).text()).toBe('The diary of bob')
      expect((await ada.listResources()).map(({ uri }) => uri)).toEqual(['diary://today'])
      expect((await bob.listResources()).map(({ uri }) => uri)).toEqual(['diary://today', 'diary://bob'])
    }
    // Each read it once, and was served from their own cache the second time.
    expect(read.mock.calls).toEqual([['ada'], ['bob']])
    await Promise.all([ada.close(), bob.close(), server.close()])
  })
})

describe.each([revisions[0], revisions[1]].map((revision) => revision?.version ?? ''))('in %s', (version) => {
  it('O9: what does not fit its schema never reaches a handler', async () => {
    const ran = vi.fn(() => 'ran')
    const server = new Server({ name: 'strict', version: '1.0.0' })
    server.tool('count', { input: z.object({ count: z.int().max(3) }) }, ran)
    const json = {
      type: 'object',
      properties: { count: { type: 'integer', maximum: 3 } },
      required: ['count'],
    } as const
    server.tool('count_json', { input: json }, ran)
    server.prompt('count', { args: { count: z.enum(['one', 'two']) } }, ran)
    const client = await connectAs(server, 'ada', version)
    for (const name of ['count', 'count_json']) {
      for (const args of [{}, { count: 4 }, { count: 1.5 }, { count: 'many' }, { count: null }]) {
        expect(await client.callTool(name, args)).toMatchObject({ isError: true })
      }
    }
    expect(await refusal(client.getPrompt('count', { count: 'three' }))).toMatchObject({ code: -32602 })
    expect(await refusal(client.request('tools/call', { name: 'count', arguments: [1] }))).toMatchObject({
      code: -32602,
    })
    expect(ran).not.toHaveBeenCalled()
    expect(await client.callTool('count', { count: 3 })).toMatchObject({ isError: false })
    expect(ran).toHaveBeenCalledTimes(1)
    await Promise.all([client.close(), server.close()])
  })

  it('O9: what one may not see, one cannot call either', async () => {
    const ran = vi.fn(() => 'ran')
    const server = new Server({ name: 'guarded', version: '1.0.0' })
    server.tool('drop', { visible: (principal) => principal?.subject === 'root' }, ran)
    const [ada, root] = [await connectAs(server, 'ada', version), await connectAs(server, 'root', version)]
    expect(await ada.listTools()).toEqual([])
    expect(await refusal(ada.callTool('drop'))).toMatchObject({ code: -32602 })
    expect(ran).not.toHaveBeenCalled()
    expect(await root.callTool('drop')).toMatchObject({ isError: false })
    await Promise.all([ada.close(), root.close(), server.close()])
  })

  it('O9: the words of an unexpected error stay inside', async () => {
    const onError = vi.fn()
    const server = new Server({ name: 'leaky', version: '1.0.0' }, { onError })
    const failure = new Error('password=hunter2')
    const fail = (): never => {
      throw failure
    }
    server.tool('fail', fail)
    server.prompt('fail', fail)
    server.resource('fail://x', fail)
    const client = await connectAs(server, 'ada', version)
    const outcomes = [
      await client.callTool('fail'),
      await refusal(client.getPrompt('fail')),
      await refusal(client.readResource('fail://x')),
    ]
    expect(outcomes).toMatchObject([{ isError: true }, { code: -32603 }, { code: -32603 }])
    for (const outcome of outcomes) {
      const words = outcome instanceof Error ? `${outcome.message} ${JSON.stringify(outcome)}` : JSON.stringify(outcome)
      expect(words).not.toContain('hunter2')
    }
    expect(onError.mock.calls.map(([error]) => error as unknown)).toEqual([failure, failure, failure])
    await Promise.all([client.close(), server.close()])
  })
})
