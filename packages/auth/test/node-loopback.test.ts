import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { browserCommand, loopback } from '../src/node.ts'
import { failureOf, textOf, withResolvers, serverUrl, World } from './world.ts'

const asked = new URL('https://as.example/authorize?state=s')

/** A flow whose browser is the test. */
const flow = (options: Parameters<typeof loopback>[0] = {}) => {
  const shown = withResolvers<URL>()
  const opened: URL[] = []
  return {
    shown: shown.promise,
    opened,
    flow: loopback({ show: shown.resolve, open: (url) => opened.push(url), ...options }),
  }
}

const get = (url: URL, headers: Record<string, string> = {}, method = 'GET'): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { headers, method }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end()
  })

describe('the loopback flow', () => {
  it('T34: shows the URL, opens it, and answers one request', async () => {
    const { flow: one, shown, opened } = flow()
    await using place = await one.open([])
    expect(place.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
    const visit = place.visit(asked)
    expect((await shown).href).toBe(asked.href)
    expect(opened).toEqual([asked])
    const callback = new URL(`${place.redirectUri}?code=c&state=s`)
    const response = await fetch(callback)
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'")
    expect(await response.text()).not.toContain('code')
    expect((await visit).href).toBe(callback.href)
    await expect(get(callback)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('T34: whatever else comes is not there', async () => {
    const { flow: one } = flow()
    await using place = await one.open([])
    const visit = place.visit(asked)
    const callback = new URL(`${place.redirectUri}?code=c&state=s`)
    expect(await get(new URL('/favicon.ico', callback))).toBe(404)
    expect(await get(new URL('/callback/x?code=c&state=s', callback))).toBe(404)
    expect(await get(callback, {}, 'POST')).toBe(404)
    expect(await get(callback, { host: 'evil.example' })).toBe(404)
    expect(await get(callback)).toBe(200)
    await visit
  })

  it('comes back to the port that the client is registered with, when it is free', async () => {
    const { flow: one } = flow()
    const first = await one.open([])
    await first[Symbol.asyncDispose]()
    await using second = await one.open(['https://app.example/x', first.redirectUri])
    expect(second.redirectUri).toBe(first.redirectUri)
    await using third = await one.open([first.redirectUri])
    expect(third.redirectUri).not.toBe(first.redirectUri)
  })

  it('takes the port that it is given, or none', async () => {
    const { flow: one } = flow()
    await using place = await one.open([])
    const port = Number(new URL(place.redirectUri).port)
    await expect(flow({ port }).flow.open([])).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('may be called localhost', async () => {
    await using place = await flow({ hostname: 'localhost', path: '/back' }).flow.open([])
    expect(place.redirectUri).toMatch(/^http:\/\/localhost:\d+\/back$/)
  })

  it('ends when nobody comes, and when it is given up', async () => {
    await using place = await flow({ timeout: 20 }).flow.open([])
    expect(await failureOf(place.visit(asked))).toMatchObject({ check: 'authorization' })
    await using other = await flow().flow.open([])
    const stop = new AbortController()
    const visit = failureOf(other.visit(asked, stop.signal))
    stop.abort(new Error('enough'))
    expect(await visit).toMatchObject({ message: 'enough' })
  })

  it('logs in', async () => {
    const world = new World()
    const redirect = loopback({
      show: () => undefined,
      open: (url) => void world.visit(url).then((back) => fetch(back)),
    })
    expect(await textOf(world.login({ redirect }).fetch(serverUrl))).toContain('served')
  })
})

describe('the browser', () => {
  it.each<[NodeJS.Platform, string | undefined]>([
    ['darwin', 'open'],
    ['win32', 'rundll32'],
    ['linux', 'xdg-open'],
  ])('Y1: is started on %s without a shell, the URL one argument', (platform, command) => {
    const url = new URL('https://as.example/a?b=c&d=`e`$(f)|g')
    const chosen = browserCommand(url, platform, { DISPLAY: ':0' })
    expect(chosen?.command).toBe(command)
    expect(chosen?.args.at(-1)).toBe(url.href)
  })

  it('is not started without a screen', () => {
    expect(browserCommand(asked, 'linux', {})).toBeUndefined()
  })

  it.each(['javascript:alert(1)', 'file:///bin/sh', 'vscode://x', 'data:text/html,x'])(
    'Y1, T31: never opens %s',
    (url) => {
      expect(browserCommand(new URL(url), 'darwin', {})).toBeUndefined()
    },
  )
})
