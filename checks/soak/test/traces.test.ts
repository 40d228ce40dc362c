import { getEventListeners } from 'node:events'
import { connect } from '@parley/client'
import type { Client, ClientOptions } from '@parley/client'
import { Peer, revisions } from '@parley/protocol'
import { memoryBus, Server } from '@parley/server'
import type { ChangeBus } from '@parley/server'
import { pair } from '@parley/transports/memory'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMarked } from '../fixtures/marked.ts'
import type { Counts } from '../fixtures/marked.ts'
import { alive, heap, turn } from '../traces.ts'

const times = Number(process.env['SOAK_TIMES'] ?? 1000)
const patience = 10_000
// Bytes a call: a listener, an entry or a timer that is left behind weighs more, with what it holds on to.
const mostGrowth = 300

const newest = (era: 'legacy' | 'modern'): string => revisions.find((revision) => revision.era === era)?.version ?? ''

/** A client and a server whose two ends can be looked into. */
type Rig = { client: Client; near: Peer; far: Peer }

const rig = async (server: Server, version: string, options: Partial<ClientOptions> = {}): Promise<Rig> => {
  const [clientEnd, serverEnd] = pair()
  // One request at a time: an exchange that was left behind would keep the next one out.
  const far = new Peer(serverEnd, server, { maxInFlight: 1 })
  let near: Peer | undefined
  const client = await connect((responder) => Promise.resolve((near = new Peer(clientEnd, responder))), {
    name: 'soak',
    version: '1.0.0',
    versions: [version],
    ...options,
  })
  if (near === undefined) throw new Error('connected without dialling')
  return { client, near, far }
}

/** Does the work often, and asserts that it leaves nothing behind in the process, the peers or the heap. */
const withoutTrace = async (what: string, { near, far, client }: Rig, work: () => Promise<void>): Promise<void> => {
  const rounds = async (count: number): Promise<number> => {
    const before = await heap()
    for (let round = 0; round < count; round += 1) {
      await work()
      await turn()
    }
    return ((await heap()) - before) / count
  }
  // As often before: by then everything is compiled that will be, and every table has its size.
  await rounds(times)
  const aliveBefore = await alive()
  const begun = performance.now()
  // What V8 keeps for itself comes and goes; what is left behind by every call is there in both halves.
  const growth = Math.min(await rounds(times / 2), await rounds(times / 2))
  const seconds = (performance.now() - begun) / 1000
  expect(await alive()).toBe(aliveBefore)
  expect([near.pending, far.pending]).toEqual([0, 0])
  // Served although only one request may be in flight: none is left there.
  const { content } = await client.callTool('say')
  expect(content).toEqual([{ type: 'text', text: 'said' }])
  console.log(`${what}, ${client.era}: ${times} in ${seconds.toFixed(1)} s, ${growth.toFixed(0)} bytes of heap each`)
  expect(growth).toBeLessThan(mostGrowth)
}

/** Settles once a promise was rejected with an error of this name or message; nothing that vitest would remember. */
const rejected = async (promise: Promise<unknown>, words: string): Promise<void> => {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error && (error.name === words || error.message === words)) return
    throw error
  }
  throw new Error('it was not rejected')
}

const nobodyHears = (signal: AbortSignal): void => {
  if (getEventListeners(signal, 'abort').length > 0) throw new Error('a listener is left on the signal')
}

/** Waits until something is so, a turn at a time. */
const until = async (reached: () => boolean): Promise<void> => {
  const end = performance.now() + patience
  while (!reached()) {
    if (performance.now() > end) throw new Error(`it never came to this: ${String(reached)}`)
    await turn()
  }
}

describe.each(['modern', 'legacy'] as const)('in the %s era nothing is left', (era) => {
  let counts: Counts
  let server: Server
  beforeEach(() => {
    counts = { begun: 0, aborted: 0 }
    server = createMarked(counts)
  })
  afterEach(() => server.close())

  it('of calls that their caller cancelled', async () => {
    const made = await rig(server, newest(era))
    await withoutTrace('calls cancelled', made, async () => {
      const { begun } = counts
      const caller = new AbortController()
      const call = made.client.callTool('wait', {}, { signal: caller.signal })
      call.catch(() => undefined)
      await until(() => counts.begun > begun)
      caller.abort(new Error('enough'))
      await rejected(call, 'enough')
      await until(() => counts.aborted === counts.begun)
      nobodyHears(caller.signal)
    })
    expect(counts).toEqual({ begun: times * 2, aborted: times * 2 })
    await made.client.close()
  })

  it('of questions whose call was cancelled while somebody thought about them', async () => {
    let asked = 0
    let dropped = 0
    const made = await rig(server, newest(era), {
      onElicit: (_, { signal }) => {
        asked += 1
        return new Promise((_resolve, reject) => {
          const stop = (): void => {
            dropped += 1
            reject(signal.reason)
          }
          signal.addEventListener('abort', stop, { once: true })
        })
      },
    })
    await withoutTrace('questions dropped', made, async () => {
      const before = asked
      const caller = new AbortController()
      const call = made.client.callTool('ask', {}, { signal: caller.signal })
      call.catch(() => undefined)
      await until(() => asked > before)
      caller.abort(new Error('enough'))
      await rejected(call, 'enough')
      await until(() => dropped === asked)
      nobodyHears(caller.signal)
    })
    expect(dropped).toBe(times * 2)
    await made.client.close()
  })

  it('on a signal that outlives all the calls that were made with it', async () => {
    const made = await rig(server, newest(era), { onElicit: () => ({ action: 'decline' }) })
    const { signal } = new AbortController()
    await withoutTrace('calls and questions under one signal', made, async () => {
      await made.client.callTool('say', {}, { signal })
      await made.client.callTool('ask', {}, { signal })
    })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    await made.client.close()
  })

  it('of calls that timed out', async () => {
    const made = await rig(server, newest(era))
    await withoutTrace('calls timed out', made, async () => {
      const { aborted } = counts
      await rejected(made.client.callTool('wait', {}, { timeout: 1 }), 'TimeoutError')
      await until(() => counts.aborted > aborted)
    })
    await made.client.close()
  })

  it('of listens that were opened and closed', async () => {
    const bus = memoryBus()
    let listeners = 0
    const counted: ChangeBus = {
      publish: (change) => bus.publish(change),
      listen: (listener) => {
        listeners += 1
        const silence = bus.listen(listener)
        return () => {
          listeners -= 1
          silence()
        }
      },
    }
    // Only one may be open at once: one that was left behind would keep the next out.
    const listened = new Server({ name: 'listened', version: '1.0.0' }, { changes: counted, listen: { total: 1 } })
    listened.tool('say', () => 'said')
    listened.resource('marked://one', () => 'one')
    const made = await rig(listened, newest(era))
    const standing = listeners
    const { signal } = new AbortController()
    await withoutTrace('listens opened and closed', made, async () => {
      const changes = await made.client.listen(
        { toolsListChanged: true, resourceSubscriptions: ['marked://one'] },
        { signal },
      )
      if (changes.acknowledged.toolsListChanged !== true) throw new Error('it was not acknowledged')
      await changes.close()
      await until(() => listeners === standing)
    })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(listeners).toBe(era === 'legacy' ? 1 : 0)
    await made.client.close()
    expect(listeners).toBe(0)
    await listened.close()
  })

  it('of connections that were opened and closed', async () => {
    const made = await rig(server, newest(era))
    await withoutTrace('connections', made, async () => {
      const { client, near, far } = await rig(server, newest(era))
      const call = client.callTool('wait')
      call.catch(() => undefined)
      await until(() => counts.begun > counts.aborted)
      await client.close()
      await rejected(call, 'ConnectionClosed')
      await far.closed
      await until(() => counts.begun === counts.aborted)
      if (near.pending + far.pending > 0) throw new Error('a request is left')
    })
    await made.client.close()
  })
})
