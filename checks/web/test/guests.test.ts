import { serveHttp } from '@parley/transports/http/node'
import type { HttpServer } from '@parley/transports/http/node'
import { serveWebSocket } from '@parley/transports/websocket/node'
import type { WebSocketServing } from '@parley/transports/websocket/node'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { watchArrivals } from '../arrivals.ts'
import { callIn, startBrowser } from '../browser.ts'
import type { Browser } from '../browser.ts'
import { bundle } from '../bundle.ts'
import type { Failure, Told, Visit } from '../client-page.ts'
import { commandPath, titleWith } from '../commands.ts'
import { makeOffers } from '../offers.ts'
import { serveSite } from '../site.ts'
import type { Site } from '../site.ts'

const path = commandPath('chromium')
const versions = ['2026-07-28', '2025-11-25']

describe.skipIf(path === undefined)(titleWith('a page of a listed origin, in Chromium', 'chromium', path), () => {
  const offers = makeOffers('the only one')
  let browser: Browser
  let site: Site
  let page: Page
  let serving: HttpServer
  let sockets: WebSocketServing

  const visit = (given: Visit): Promise<Told> => callIn<Told>(page, 'visit', given)
  const fail = (given: Visit): Promise<Failure | undefined> => callIn<Failure | undefined>(page, 'fail', given)
  const told = (version: string): Told => ({
    version,
    who: 'nobody at the only one',
    steps: [1, 2],
    counted: 'counted for page',
    asked: 'the only one asked, Ada answered the only one',
    changed: { type: 'resourceUpdated', uri: 'note://one' },
    cancelled: 'Error: enough',
  })

  beforeAll(async () => {
    site = await serveSite(await bundle('client-page.ts', 'browser'))
    const allowedOrigins = [site.origin('localhost')]
    serving = await serveHttp(offers.server, { port: 0, allowedOrigins })
    sockets = await serveWebSocket(offers.server, { port: 0, allowedOrigins })
    browser = await startBrowser(path ?? '')
    page = await browser.open(site.origin('localhost'))
  })
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
    await offers.server.close()
    await Promise.all([serving.close(), sockets.close(), site[Symbol.asyncDispose]()])
  })

  it.each(versions)(
    'runs our client over HTTP in %s: calls, progress, questions, changes, cancelling',
    async (version) => {
      using arrivals = watchArrivals(Number(new URL(serving.url).port))
      expect(await visit({ url: `${serving.url}?name=${version}`, version, name: 'page' })).toEqual(told(version))
      await offers.cancelled('page, cancelled')
      const kinds = new Set(arrivals.all.map(({ method, status }) => `${method} ${status}`))
      // Without the session's id, read from a header that is exposed, there would be no GET, and nothing to DELETE.
      const ofSession = version === '2025-11-25' ? ['DELETE 204', 'GET 200', 'POST 202'] : []
      expect([...kinds].toSorted()).toEqual(['OPTIONS 204', 'POST 200', ...ofSession].toSorted())
    },
  )

  it.each(versions)('runs our client over a WebSocket in %s', async (version) => {
    expect(await visit({ url: sockets.url, version, name: 'page' })).toEqual(told(version))
    await expect.poll(() => sockets.size).toBe(0)
  })

  it('is let in with a token, and can read why it is not', async () => {
    await using guarded = await serveHttp(offers.server, {
      port: 0,
      allowedOrigins: [site.origin('localhost')],
      authorize: async (head) =>
        head.header('authorization') === 'Bearer good'
          ? { issuer: 'https://accounts.example.com', subject: 'Ada', scopes: [] }
          : { status: 401, headers: { 'www-authenticate': 'Bearer scope="all"', 'retry-after': '3' } },
    })
    for (const version of versions) {
      const given = { url: guarded.url, version, name: 'page' }
      expect(await visit({ ...given, headers: { authorization: 'Bearer good' } })).toMatchObject({
        who: 'Ada at the only one',
      })
      expect(await fail({ ...given, headers: { authorization: 'Bearer bad' } })).toMatchObject({
        name: 'HttpFailure',
        status: 401,
        challenge: 'Bearer scope="all"',
        later: '3',
      })
    }
  })

  it('may not send headers that no client of MCP sends', async () => {
    const given = { url: serving.url, version: '2026-07-28', name: 'page', headers: { 'x-api-key': 'good' } }
    expect(await fail(given)).toMatchObject({ name: 'ConnectionClosed' })
  })
})
