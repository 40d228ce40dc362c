import { httpSse } from '@parley/transports/http-sse/server'
import { serveHttp } from '@parley/transports/http/node'
import type { HttpServer } from '@parley/transports/http/node'
import { serveWebSocket } from '@parley/transports/websocket/node'
import type { WebSocketServing } from '@parley/transports/websocket/node'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { watchArrivals } from '../arrivals.ts'
import type { Arrivals } from '../arrivals.ts'
import { attacks, socketAttacks } from '../attacks-page.ts'
import type { Outcome } from '../attacks-page.ts'
import { readIn, tryAll } from '../attempts.ts'
import { callIn, startBrowser } from '../browser.ts'
import type { Browser } from '../browser.ts'
import { bundle } from '../bundle.ts'
import type { Bundle } from '../bundle.ts'
import { commandPath, titleWith } from '../commands.ts'
import { makeOffers } from '../offers.ts'
import { serveSite } from '../site.ts'
import type { Site } from '../site.ts'

const path = commandPath('chromium')

// Each route of the server, with what may be tried there.
const routes = ['/mcp', '/sse', '/messages/a-session']

describe.skipIf(path === undefined)(titleWith('a page of somebody else, in Chromium', 'chromium', path), () => {
  const { server, calls } = makeOffers('the only one')
  const respond = vi.spyOn(server, 'respond')
  const hear = vi.spyOn(server, 'hear')
  let browser: Browser
  let files: Bundle
  let site: Site
  let serving: HttpServer
  let sockets: WebSocketServing
  let arrivals: Arrivals

  const portOf = (served: { readonly url: string }): string => new URL(served.url).port

  beforeAll(async () => {
    files = await bundle('attacks-page.ts', 'browser')
    site = await serveSite(files)
    serving = await serveHttp(server, { port: 0, sse: httpSse() })
    sockets = await serveWebSocket(server, { port: 0 })
    arrivals = watchArrivals(Number(portOf(serving)))
    browser = await startBrowser(path ?? '')
  })
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
    await server.close()
    await Promise.all([serving.close(), sockets.close(), site[Symbol.asyncDispose]()])
    arrivals[Symbol.dispose]()
  })

  const trySockets = async (page: Page, host: string): Promise<Outcome[]> => {
    const outcomes: Outcome[] = []
    for (const attack of Object.keys(socketAttacks)) {
      const url = `ws://${host}:${portOf(sockets)}/mcp`
      outcomes.push(await callIn<Outcome>(page, `socketAttacks[${JSON.stringify(attack)}]`, url))
    }
    return outcomes
  }

  /** What came through: what was answered with anything but 403, what a page could read, and what reached the server. */
  const leaks = (
    prefix: string,
    outcomes: ReadonlyMap<string, Outcome>,
    there: Arrivals,
    harmless?: readonly Outcome[],
  ): unknown => ({
    missing: [...outcomes.keys()].filter((name) => !there.all.some((arrival) => arrival.name === name)),
    answered: there.all.filter(({ name, status }) => name.startsWith(`${prefix}:`) && status !== 403),
    read: readIn(outcomes, harmless),
    responses: respond.mock.calls.length,
    notifications: hear.mock.calls.length,
    calls,
    sockets: sockets.size,
  })
  const nothing = { missing: [], answered: [], read: [], responses: 0, notifications: 0, calls: [], sockets: 0 }

  it.each([
    ['another port of this machine', '127.0.0.1', '127.0.0.1'],
    ['another name of this machine', 'localhost', '127.0.0.1'],
    ['another site', 'evil.test', '127.0.0.1'],
    ['a name that was bound to this machine', 'evil.test', 'evil.test'],
  ])('H1, T11: from %s gets nowhere, whatever it tries', async (prefix, host, target) => {
    const page = await browser.open(site.origin(host))
    const outcomes = await tryAll(page, {
      target: `http://${target}:${portOf(serving)}`,
      routes,
      prefix,
      there: arrivals,
    })
    expect(outcomes.size).toBe(routes.length * Object.keys(attacks).length)
    expect(leaks(prefix, outcomes, arrivals)).toEqual(nothing)
    expect(await trySockets(page, target)).toEqual(['blocked', 'blocked'])
    expect(sockets.size).toBe(0)
    await page.close()
  })

  it('H1, T11: from the very origin that a name was bound to is refused for its Host', async () => {
    const former = await serveSite(files)
    const origin = former.origin('evil.test')
    const page = await browser.open(origin)
    // The name has led to the attacker's server until now. The page stays what it is.
    await former[Symbol.asyncDispose]()
    const { port } = former
    await using rebound = await serveHttp(server, { port, sse: httpSse() })
    expect(rebound.url).toBe(`http://127.0.0.1:${port}/mcp`)
    using here = watchArrivals(port)
    const outcomes = await tryAll(page, { target: origin, routes, prefix: 'rebound', there: here })
    // To a page of its own origin the browser shows the refusal.
    const refusal = 'read {"jsonrpc":"2.0","error":{"code":-32600,"message":"This Host is not allowed"}}'
    const harmless: Outcome[] = ['blocked', 'nothing readable', 'read 403', refusal]
    expect(leaks('rebound', outcomes, here, harmless)).toEqual(nothing)
    expect([...outcomes.values()]).toContain('read 403')
    expect(await trySockets(page, 'evil.test')).toEqual(['blocked', 'blocked'])
    await page.close()
  })
})
