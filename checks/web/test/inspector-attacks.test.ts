import { memory } from '@parley/transports/memory'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { watchArrivals } from '../arrivals.ts'
import type { Arrivals } from '../arrivals.ts'
import { expectCutOff, readIn, tryAll } from '../attempts.ts'
import { startBrowser } from '../browser.ts'
import type { Browser } from '../browser.ts'
import { bundle } from '../bundle.ts'
import { commandPath, titleWith } from '../commands.ts'
import { makeInspected } from '../inspector-offers.ts'
import { openInspector } from '../inspector-page.ts'
import type { Opened } from '../inspector-page.ts'
import { serveSite } from '../site.ts'
import type { Site } from '../site.ts'

const path = commandPath('chromium')
const routes = ['/', '/page.js', '/api/session', '/api/events', '/api/run', '/api/clear']

describe.skipIf(path === undefined)(
  titleWith('a page of somebody else, beside the inspector', 'chromium', path),
  () => {
    const server = makeInspected()
    const respond = vi.spyOn(server, 'respond')
    let browser: Browser
    let site: Site
    let opened: Opened
    let arrivals: Arrivals
    let port: string

    beforeAll(async () => {
      site = await serveSite(await bundle('attacks-page.ts', 'browser'))
      browser = await startBrowser(path ?? '')
      // The browser holds the cookie of an inspector that is in use.
      opened = await openInspector(browser, memory(server))
      await opened.tab('Wire')
      port = new URL(opened.inspector.url).port
      arrivals = watchArrivals(Number(port))
      respond.mockClear()
    }, 120_000)
    afterAll(async () => {
      arrivals[Symbol.dispose]()
      await opened[Symbol.asyncDispose]()
      await browser[Symbol.asyncDispose]()
      await Promise.all([site[Symbol.asyncDispose](), server.close()])
    })

    it.each([
      ['another port of this machine', '127.0.0.1', '127.0.0.1'],
      ['another name of this machine', 'localhost', '127.0.0.1'],
      ['another site', 'evil.test', '127.0.0.1'],
      ['a name that was bound to this machine', 'evil.test', 'evil.test'],
    ])(
      'H1, T12: from %s gets nowhere, whatever it tries',
      async (prefix, host, target) => {
        const page = await browser.open(site.origin(host))
        const outcomes = await tryAll(page, { target: `http://${target}:${port}`, routes, prefix, there: arrivals })
        await page.close()
        expect(readIn(outcomes)).toEqual([])
        const mine = arrivals.all.filter(({ name }) => name.startsWith(`${prefix}:`))
        expect(mine.length).toBeGreaterThan(routes.length)
        expect(mine.filter(({ status }) => status !== 403)).toEqual([])
        expect(respond).not.toHaveBeenCalled()
      },
      120_000,
    )

    it('H1: can open the page in a window of its own, and neither sees nor steers it', async () => {
      await expectCutOff(browser, site.origin('evil.test'), `http://127.0.0.1:${port}/`)
    })

    it('leaves the inspector as it was', async () => {
      expect(await opened.page.locator('.wire-row').count()).toBeGreaterThan(0)
      expect(opened.complaints).toEqual([])
    })
  },
)
