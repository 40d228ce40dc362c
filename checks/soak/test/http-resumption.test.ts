import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import { revisions } from '@parley/protocol'
import { Server } from '@parley/server'
import { http } from '@parley/transports/http/client'
import type { HttpServer } from '@parley/transports/http/node'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { serve } from '../http-callers.ts'
import { cuts, startProxy } from '../http-proxy.ts'
import type { Proxy } from '../http-proxy.ts'

const events = 2000
const forced = 20
const between = Math.floor(events / (forced + 1))
// Nothing else tells of a connection that is gone without a word; keep-alive comments are faster.
const silence = 1000
const keepAlive = 100
const retry = 50

const count = { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] } as const

/** How often each event was read whole, by its id. */
const read = new Map<string, number>()

const noteEvents = (): ((text: string) => void) => {
  let rest = ''
  return (text) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const id = /^id: (.*)$/m.exec(block)?.[1]
      if (id !== undefined) read.set(id, (read.get(id) ?? 0) + 1)
    }
  }
}

/** The platform's `fetch`, with every event noted as it is read. */
const notingFetch = async (url: URL, init: RequestInit): Promise<Response> => {
  const response = await fetch(url, init)
  if (response.body === null) return response
  const decoder = new TextDecoder()
  const note = noteEvents()
  const noting = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      note(decoder.decode(chunk, { stream: true }))
      controller.enqueue(chunk)
    },
  })
  return new Response(response.body.pipeThrough(noting), response)
}

// Updates of one resource that wait to be read are one, so there are far more of them than can wait.
const watched = 500
const uris = Array.from({ length: watched }, (_, number) => `count://${number}`)

/** The number of the update that comes after so many, or one that is not it. */
const numberOf = (uri: string, before: number): number =>
  uri === `count://${(before + 1) % watched}` ? before + 1 : NaN

/** Numbers as they were heard; each may come once, and none before the one in front of it. */
class Heard {
  readonly numbers: number[] = []
  readonly #proxy: Proxy
  #forced = 0

  constructor(proxy: Proxy) {
    this.#proxy = proxy
  }

  add(number: number): void {
    this.numbers.push(number)
    if (this.#proxy.pending || this.#forced >= forced || this.numbers.length < between * (this.#forced + 1)) return
    this.#proxy.cut(cuts[this.#forced % cuts.length] ?? 'RST')
    this.#forced += 1
  }
}

describe.each(
  revisions
    .filter(({ era }) => era === 'legacy')
    .slice(0, 2)
    .map(({ version }) => version),
)(`a client of %s hears ${events} events across ${forced} forced cuts`, (version) => {
  let server: Server
  let serving: HttpServer
  let proxy: Proxy
  let client: Client
  let heard: Heard
  // Whatever a break takes, there are events to come for all those that are still to come.
  const pace = async (step: number): Promise<void> => {
    do await sleep(2)
    while (step - heard.numbers.length > between)
  }
  beforeEach(async () => {
    read.clear()
    server = new Server({ name: 'counter', version: '1.0.0' })
    server.tool('count', { input: count }, async ({ count: most }, ctx) => {
      for (let step = 1; step <= most; step += 1) {
        await ctx.progress(step, most)
        await pace(step)
      }
      return 'done'
    })
    server.resource('count://{number}', ({ number }) => number)
    serving = await serve(server, { keepAlive, retry, allowedHosts: ['127.0.0.1'] })
    proxy = await startProxy(Number(new URL(serving.url).port))
    heard = new Heard(proxy)
    const target = http(`http://127.0.0.1:${proxy.port}/mcp`, { fetch: notingFetch, silence })
    client = await connect(target, { name: 'soak', version: '1.0.0', versions: [version] })
  })
  afterEach(async () => {
    await client.close()
    await server.close()
    await serving.close()
    await proxy.close()
  })

  const report = (what: string, begun: number): void => {
    const { numbers } = heard
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    const twice = [...read.values()].filter((times) => times > 1).length
    console.log(
      `${version}, ${what}: ${numbers.length} heard in ${seconds} s across ${JSON.stringify(proxy.done)}; ` +
        `${read.size} ids read, ${twice} of them twice`,
    )
    expect(numbers).toEqual(Array.from({ length: events }, (_, index) => index + 1))
    expect(twice).toBe(0)
    expect(Object.values(proxy.done).reduce((sum, each) => sum + each)).toBe(forced)
  }

  it('on the stream of a call', async () => {
    const begun = performance.now()
    const { content } = await client.callTool(
      'count',
      { count: events },
      { onProgress: ({ progress }) => heard.add(progress) },
    )
    expect(content).toEqual([{ type: 'text', text: 'done' }])
    report('on the stream of a call', begun)
  })

  it('on the standing stream', async () => {
    const changes = await client.listen({ resourceSubscriptions: uris })
    const begun = performance.now()
    const reading = (async () => {
      for await (const change of changes) {
        if (change.type !== 'resourceUpdated') continue
        heard.add(numberOf(change.uri, heard.numbers.length))
        if (heard.numbers.length >= events) return
      }
    })()
    for (let step = 1; step <= events; step += 1) {
      server.resourceUpdated(`count://${step % watched}`)
      await pace(step)
    }
    await reading
    report('on the standing stream', begun)
    await changes.close()
  })
})
