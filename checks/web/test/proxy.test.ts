import { ConnectionClosed, HttpFailure } from '@parley/core'
import { serveHttp } from '@parley/transports/http/node'
import type { HttpServer, ServeHttpOptions } from '@parley/transports/http/node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { call, say, versions } from '../callers.ts'
import type { Caller } from '../callers.ts'
import { commandPath, titleWith } from '../commands.ts'
import { deferred } from '../deferred.ts'
import { replaced, startProxy } from '../nginx.ts'
import type { Proxy } from '../nginx.ts'
import { makeOffers } from '../offers.ts'
import type { Offers } from '../offers.ts'

const path = commandPath('nginx')

// What a client calls the proxy, which passes it on.
const allowedHosts = ['127.0.0.1']

/** A server behind a proxy. */
type Setup = { offers: Offers; serving: HttpServer; proxy: Proxy }

const portOf = ({ url }: HttpServer): string => new URL(url).port

/** Starts both, for one test. */
const start = async (options: ServeHttpOptions = {}, edit?: (block: string) => string): Promise<Setup> => {
  const offers = makeOffers('the only one')
  const serving = await serveHttp(offers.server, { port: 0, linger: 0, allowedHosts, ...options })
  const proxy = await startProxy(path ?? '', { members: [portOf(serving)], ...(edit && { edit }) })
  onTestFinished(async () => {
    await offers.server.close()
    await serving.close()
    await proxy[Symbol.asyncDispose]()
  })
  return { offers, serving, proxy }
}

const reach = async ({ proxy }: Setup, version: string): Promise<Caller> => {
  const caller = await call(proxy.url, version)
  onTestFinished(() => caller.client.close())
  return caller
}

const adding =
  (line: string) =>
  (block: string): string =>
    replaced(block, 'proxy_pass http://parley;', `proxy_pass http://parley;\n    ${line}`)

const failed = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: unknown) => error,
  )

/** The first change that a subscription tells of, or how it ended. */
const heard = async (changes: AsyncIterable<unknown>): Promise<unknown> => {
  try {
    for await (const change of changes) return change
    return 'the end'
  } catch (error) {
    return error
  }
}

const filter = { resourceSubscriptions: ['note://one'] }
const change = { type: 'resourceUpdated', uri: 'note://one' }

/** Milliseconds until the first event of a stream whose tool goes on only then; undefined past so many. */
const firstEvent = async ({ offers }: Setup, { client }: Caller, patience: number): Promise<number | undefined> => {
  const arrived = deferred<number>()
  const begin = performance.now()
  const onProgress = (): void => arrived.resolve(performance.now() - begin)
  const counted = say(client, 'count', { name: 'it' }, { onProgress })
  const late = deferred<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), patience)
  const took = await Promise.race([arrived.promise, late.promise])
  clearTimeout(timer)
  offers.release('it')
  expect(await counted).toBe('counted for it')
  return took
}

describe.skipIf(path === undefined)(titleWith('a server behind nginx', 'nginx', path), () => {
  it.each(versions)(
    'REL-PROXY-1: in %s the first event arrives while the tool goes on, compressed',
    async (version) => {
      const set = await start()
      const caller = await reach(set, version)
      const took = await firstEvent(set, caller, 5000)
      expect(took).toBeLessThan(1000)
      console.log(`${version}: the first event took ${took?.toFixed(0)} ms through nginx`)
      expect(caller.sent).toContainEqual(
        expect.objectContaining({ method: 'POST', status: 200, type: 'text/event-stream', encoding: 'gzip' }),
      )
    },
  )

  it('would keep that event back, were it not asked not to buffer', async () => {
    const set = await start({}, adding('proxy_ignore_headers X-Accel-Buffering;'))
    expect(await firstEvent(set, await reach(set, '2026-07-28'), 1000)).toBe(undefined)
  })

  it('REL-PROXY-1: streams outlive three idle periods, and would not survive one in silence', async () => {
    const period = 2000
    const impatient = adding(`proxy_read_timeout ${period}ms;`)
    const [kept, silent] = [await start({ keepAlive: 600 }, impatient), await start({ keepAlive: Infinity }, impatient)]
    const callers = await Promise.all(versions.map((version) => reach(kept, version)))
    const subscriptions = await Promise.all(callers.map(({ client }) => client.listen(filter)))
    const control = await (await reach(silent, '2026-07-28')).client.listen(filter)
    const changes = subscriptions.map(heard)
    expect(await heard(control)).toBeInstanceOf(ConnectionClosed)
    await new Promise((resolve) => setTimeout(resolve, 3.2 * period))
    kept.offers.server.resourceUpdated('note://one')
    expect(await Promise.all(changes)).toEqual([change, change])
    // One stream each: none was lost and opened again.
    const streams = callers.map(({ sent }) => sent.filter(({ type }) => type === 'text/event-stream'))
    expect(streams.map((each) => each.map(({ method, lastEventId }) => [method, lastEventId]))).toEqual([
      [['POST', null]],
      [['GET', null]],
    ])
  })

  it('G8: a legacy call is resumed when nginx is reloaded in the middle of it', async () => {
    const set = await start({ retry: 50 })
    const { client, sent, resumed } = await reach(set, '2025-11-25')
    const steps: number[] = []
    const onProgress = ({ progress }: { progress: number }): void => {
      steps.push(progress)
      if (progress === 1) set.proxy.reload()
    }
    const counted = say(client, 'count', { name: 'it' }, { onProgress })
    await resumed
    set.offers.release('it')
    expect(await counted).toBe('counted for it')
    expect(steps).toEqual([1, 2])
    expect(sent.filter(({ method }) => method === 'POST').length).toBe(3)
    const subscription = await client.listen(filter)
    await client.callTool('touch')
    expect(await heard(subscription)).toEqual(change)
  })

  it('H13, H14: a modern call and a subscription end when nginx is reloaded, on both sides', async () => {
    const set = await start()
    const { client } = await reach(set, '2026-07-28')
    const subscription = await client.listen(filter)
    const onProgress = (): void => set.proxy.reload()
    const hung = await failed(client.callTool('hang', { name: 'it' }, { onProgress }))
    expect(hung).toBeInstanceOf(ConnectionClosed)
    await set.offers.cancelled('it')
    expect(await heard(subscription)).toBeInstanceOf(ConnectionClosed)
    expect(await say(client, 'whoami')).toBe('nobody at the only one')
  })

  it.each(versions)('in %s a call that is too large for nginx rejects with its status', async (version) => {
    const { client } = await reach(await start(), version)
    const refused = await failed(client.callTool('measure', { text: 'x'.repeat(20_000_000) }))
    expect(refused).toBeInstanceOf(HttpFailure)
    expect(refused).toMatchObject({ status: 413, message: expect.stringMatching(/HTTP 413.*Request Entity Too Large/) })
    expect(await say(client, 'measure', { text: 'x'.repeat(3_000_000) })).toBe('3000000')
  })

  it.each(versions)('in %s calls and connecting reject with the status when the server is down', async (version) => {
    const set = await start()
    const { client } = await reach(set, version)
    await set.serving.close()
    const wanted = { status: 502, message: expect.stringMatching(/HTTP 502.*Bad Gateway/) }
    for (const attempt of [() => client.callTool('whoami'), () => call(set.proxy.url, version)]) {
      const refused = await failed(attempt())
      expect(refused).toBeInstanceOf(HttpFailure)
      expect(refused).toMatchObject(wanted)
    }
  })

  it('is refused where nginx names a host of its own, unless it is trusted with that', async () => {
    const careless = (block: string): string => block.replace(/^.*proxy_set_header Host.*\n/m, '')
    const refused = await failed(call((await start({}, careless)).proxy.url, '2025-11-25'))
    expect(refused).toMatchObject({ status: 403, message: expect.stringContaining('This Host is not allowed') })
    const { client } = await reach(await start({ behindProxy: true, allowedHosts: undefined }, careless), '2026-07-28')
    expect(await say(client, 'whoami')).toBe('nobody at the only one')
  })
})
