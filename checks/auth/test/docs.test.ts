import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { UserLogin } from '@parley/auth/client'
import type { Client } from '@parley/client'
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startAuthorizationServer } from '../authorization-server.ts'
import type { AuthorizationServer, AuthorizationServerOptions } from '../authorization-server.ts'
import { Browser } from '../browser.ts'
import { watchOutput } from '../canary.ts'
import { forThisTest } from '../lifetime.ts'
import { listen } from '../listener.ts'
import { keepSecret, overhear } from '../overheard.ts'
import { readPage } from '../pages.ts'
import { serveProtected } from '../protected.ts'
import type { Protected } from '../protected.ts'

watchOutput()

const page = readPage('docs/logging-in.md')
afterAll(() => page.remove())
afterEach(() => {
  vi.unstubAllEnvs()
})

const start = async (
  options?: AuthorizationServerOptions,
): Promise<{ authorizationServer: AuthorizationServer; server: Protected }> => {
  const authorizationServer = forThisTest(await startAuthorizationServer(options))
  const server = forThisTest(await serveProtected(authorizationServer))
  return { authorizationServer, server }
}

const changesFor = ({ url }: Protected): Record<string, string> => ({ 'https://mcp.example.com/mcp': url })

const whoami = async (client: Client): Promise<unknown> => (await client.callTool('whoami')).content
const ada = [{ type: 'text', text: 'ada' }]

/**
 * Puts a program in the place of the one that opens the user's browser. What it is given is opened by a person, and the
 * address that they are sent back to as well.
 */
const installBrowser = async (): Promise<{ opened: string[] }> => {
  const opened: string[] = []
  const person = new Browser()
  const desktop = await listen(() => (request, response) => {
    const url = new URL(request.url ?? '', 'http://any').searchParams.get('open') ?? ''
    opened.push(url)
    response.end()
    void person.authorize(url).then((back) => fetch(back))
  })
  const folder = mkdtempSync(join(tmpdir(), 'parley-auth-'))
  onTestFinished(async () => {
    await desktop.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const script = `#!${process.execPath}
fetch('${desktop.origin}/?open=' + encodeURIComponent(process.argv[2]))
`
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(join(folder, name), script)
    chmodSync(join(folder, name), 0o700)
  }
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`)
  vi.stubEnv('HOME', folder)
  vi.stubEnv('DISPLAY', ':0')
  return { opened }
}

type Application = {
  page: (user: string) => Promise<{ text: string } | { redirect: URL }>
  callback: (user: string, address: string) => Promise<void>
}

const runApplication = async (server: Protected): Promise<Application> => {
  const changes = { ...changesFor(server), 'https://app.example.com/callback': 'http://127.0.0.1:9/callback' }
  return (await page.run('web.ts', changes)) as Application
}

describe('the programs of docs/logging-in.md', () => {
  it('are all run here', () => {
    expect(page.names).toEqual(['terminal.ts', 'web.ts', 'machine.ts'])
  })

  it('are what the compiler takes', async () => {
    expect(await page.check()).toBe('')
  }, 60_000)

  it.runIf(process.platform !== 'win32')('log in at a terminal, by a browser that no shell opens', async () => {
    const { authorizationServer, server } = await start()
    const { opened } = await installBrowser()
    const shown = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const { client, login } = (await page.run('terminal.ts', changesFor(server))) as {
      client: Client
      login: UserLogin
    }
    expect(await whoami(client)).toEqual(ada)
    await client.close()
    const said = shown.mock.calls.map(([text]) => String(text)).join('')
    shown.mockRestore()
    overhear(said)
    expect(opened.length).toBe(1)
    expect(said).toContain(`${opened[0]}\n`)
    const { searchParams } = new URL(opened[0] ?? '')
    expect(searchParams.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
    // The listener has answered once, and is gone.
    await expect(fetch(searchParams.get('redirect_uri') ?? '')).rejects.toThrow('fetch failed')
    expect(existsSync(join(process.env['HOME'] ?? '', '.calculator/logins'))).toBe(true)
    await login.forget()
    expect(authorizationServer.granted('authorization_code')).toBe(1)
  })

  it('log in from a web application, each user apart', async () => {
    const { authorizationServer, server } = await start()
    const { page: open, callback } = await runApplication(server)
    for (const user of ['ada', 'bob']) {
      const sent = await open(user)
      const back = await new Browser({ user }).authorize('redirect' in sent ? sent.redirect : '')
      await callback(user, back.href)
      await expect(callback(user, back.href)).rejects.toThrow('This browser was not sent to log in')
    }
    expect(await open('ada')).toEqual({ text: JSON.stringify(ada) })
    expect(await open('bob')).toEqual({ text: JSON.stringify([{ type: 'text', text: 'bob' }]) })
    expect(authorizationServer.granted('authorization_code')).toBe(2)
    expect(authorizationServer.registered.length).toBe(1)
  })

  it('T34: take no answer that belongs to another browser', async () => {
    const { authorizationServer, server } = await start()
    const { page: open, callback } = await runApplication(server)
    const [mine, theirs] = [await open('ada'), await open('mallory')]
    const back = await new Browser({ user: 'mallory' }).authorize('redirect' in theirs ? theirs.redirect : '')
    await expect(callback('ada', back.href)).rejects.toMatchObject({ name: 'AuthError', check: 'state' })
    expect('redirect' in mine && authorizationServer.requests).toEqual([])
  })

  it('log in without a user', async () => {
    const secret = 'of-the-nightly-report'
    keepSecret(secret)
    const client = {
      client_id: 'nightly-report',
      client_secret: secret,
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    }
    const { authorizationServer, server } = await start({ clients: [client] })
    vi.stubEnv('CLIENT_SECRET', secret)
    const changes = { ...changesFor(server), 'https://accounts.example.com': authorizationServer.issuer }
    const made = (await page.run('machine.ts', changes)) as { client: Client }
    expect(await whoami(made.client)).toEqual([{ type: 'text', text: 'nightly-report' }])
    await made.client.close()
  })
})
