import { request } from 'node:http'
import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectCutOff, readIn, tryAll } from '../attempts.ts'
import { startBrowser } from '../browser.ts'
import type { Browser } from '../browser.ts'
import { bundle } from '../bundle.ts'
import { commandPath, titleWith } from '../commands.ts'
import { serveSite } from '../site.ts'
import type { Site } from '../site.ts'
import { openExplorer, startLook } from '../sqlite-page.ts'
import type { Explorer } from '../sqlite-page.ts'

const path = commandPath('chromium')
const routes = ['/', '/page.js', '/page/mcp']

/** The status that a request gets whose headers are as given, which no browser would let a page choose. */
const statusOf = (port: number, route: string, headers: Record<string, string>, method = 'GET'): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: route, method, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end(method === 'POST' ? '{}' : undefined)
  })

describe.skipIf(path === undefined)(
  titleWith('a page of somebody else, beside the SQLite page', 'chromium', path),
  () => {
    let browser: Browser
    let site: Site
    let look: Explorer

    beforeAll(async () => {
      site = await serveSite(await bundle('attacks-page.ts', 'browser'))
      browser = await startBrowser(path ?? '')
      look = await startLook('--demo')
    }, 180_000)
    afterAll(async () => {
      await browser[Symbol.asyncDispose]()
      await Promise.all([site[Symbol.asyncDispose](), look[Symbol.asyncDispose]()])
    })

    it.each([
      ['another port of this machine', '127.0.0.1', '127.0.0.1'],
      ['another site', 'evil.test', '127.0.0.1'],
      ['a name that was bound to this machine', 'evil.test', 'evil.test'],
    ])(
      'H1, T12: from %s reads nothing, whatever it tries',
      async (prefix, host, target) => {
        // Somebody uses the page meanwhile, in the same browser.
        await using opened = await openExplorer(browser, look.url)
        await opened.run('SELECT 1 AS one')
        const page = await browser.open(site.origin(host))
        const outcomes = await tryAll(page, { target: `http://${target}:${look.port}`, routes, prefix })
        await page.close()
        expect(readIn(outcomes)).toEqual([])
        expect(await opened.page.locator('.ran').filter({ hasNotText: 'this page' }).count()).toBe(0)
        expect(opened.complaints).toEqual([])
      },
      120_000,
    )

    it('H1: other names, origins and sites are refused at every route', async () => {
      const own = `127.0.0.1:${look.port}`
      const own403: Record<string, string>[] = [
        { host: `evil.test:${look.port}` },
        { host: own, origin: 'http://evil.test' },
        { host: own, origin: `http://127.0.0.1:${site.port}` },
        { host: own, 'sec-fetch-site': 'cross-site' },
        { host: own, 'sec-fetch-site': 'same-site' },
      ]
      for (const route of routes) {
        for (const headers of own403)
          expect([route, headers, await statusOf(look.port, route, headers)]).toEqual([route, headers, 403])
      }
      expect(
        await statusOf(look.port, '/', { host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }),
      ).toBe(200)
      expect(await statusOf(look.port, '/', { host: own }, 'POST')).toBe(405)
      expect(await statusOf(look.port, '/../main.ts', { host: own })).toBe(404)
      expect(await statusOf(look.port, '/mcp', { host: own }, 'POST')).toBe(405)
    })

    it('answers nobody without the token of this launch', async () => {
      const road = new URL('/page/mcp', look.url).href
      const me = { name: 'thief', version: '1' }
      await expect(connect(http(road), me)).rejects.toMatchObject({ status: 401 })
      await expect(connect(http(road, { headers: { authorization: 'Bearer guess' } }), me)).rejects.toMatchObject({
        status: 401,
      })
      const token = new URLSearchParams(new URL(look.url).hash.slice(1)).get('token') ?? ''
      const client = await connect(http(road, { headers: { authorization: `Bearer ${token}` } }), me)
      expect((await client.callTool('list_tables')).isError).toBe(false)
      await client.close()
    })

    it('cannot be framed, and can be opened only in a window that cuts itself off', async () => {
      await expectCutOff(browser, site.origin('evil.test'), look.url)
    })
  },
)
