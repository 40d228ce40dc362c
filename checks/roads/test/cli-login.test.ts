import { connect } from '@parley/client'
import { stdio } from '@parley/transports/stdio'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startAuthorizationServer } from '../../auth/authorization-server.ts'
import type { AuthorizationServer } from '../../auth/authorization-server.ts'
import { Browser } from '../../auth/browser.ts'
import { serveProtected } from '../../auth/protected.ts'
import type { Protected } from '../../auth/protected.ts'
import { environment, heard, main, outcome, parley, startParley } from './cli-process.ts'
import type { Ran } from './cli-process.ts'

// Real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const address = /Open (http:\S+)/

let folder = ''
let issuer: AuthorizationServer
let server: Protected

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-login-'))
  issuer = await startAuthorizationServer()
  server = await serveProtected(issuer)
})

afterAll(async () => {
  await server.close()
  await issuer.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Somebody at a browser who goes where the program says, and back. */
const logIn = async (url: string): Promise<void> => {
  const back = await new Browser().authorize(url)
  expect((await fetch(back)).status).toBe(200)
}

/** Runs the command, and logs in where it asks for that. */
const parleyWithBrowser = async (args: readonly string[]): Promise<Ran> => {
  const child = startParley(args, { cwd: folder })
  const [ran] = await Promise.all([outcome(child), heard(child.stderr, address).then(logIn)])
  return ran
}

const secretsIn = (text: string): string[] => [...issuer.secrets].filter((secret) => text.includes(secret))

describe('a server that wants a login', () => {
  it('is called after a login in the browser, and then without one, and no secret is shown', async () => {
    const first = await parleyWithBrowser(['call', server.url, 'whoami'])
    expect(first).toMatchObject({ code: 0, stdout: 'ada\n' })
    const second = await parley(['call', server.url, 'whoami', '--json'], { cwd: folder })
    expect(second).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(second.stdout)).toMatchObject({ content: [{ text: 'ada' }] })
    expect([issuer.granted('authorization_code'), issuer.registered.length]).toEqual([1, 1])
    expect(issuer.secrets.size).toBeGreaterThan(2)
    expect(secretsIn(JSON.stringify([first, second]))).toEqual([])
  })

  it('leaves its credentials to the eyes of this user alone', () => {
    const place = join(folder, 'config', 'parley', 'credentials')
    const files = readdirSync(place)
    expect(files.length).toBeGreaterThan(0)
    const modes = [place, ...files.map((name) => join(place, name))].map((path) => statSync(path).mode & 0o077)
    expect(new Set(modes)).toEqual(new Set([0]))
  })

  it('is served over stdio with the login of an earlier day', async () => {
    const env = environment(folder)
    await using client = await connect(stdio(process.execPath, [main, 'run', server.url], { env, stderr: 'ignore' }), {
      name: 'host',
      version: '1',
    })
    expect(await client.callTool('whoami')).toMatchObject({ content: [{ text: 'ada' }] })
    expect(issuer.granted('authorization_code')).toBe(1)
  })

  it('is served over stdio, where a login is asked for on stderr', async () => {
    const env = environment(folder, { XDG_CONFIG_HOME: join(folder, 'another') })
    let said = ''
    let asked = false
    const hear = (chunk: string): void => {
      said += chunk
      const found = address.exec(said)?.[1]
      if (found === undefined || asked) return
      asked = true
      void logIn(found)
    }
    await using client = await connect(stdio(process.execPath, [main, 'run', server.url], { env, stderr: hear }), {
      name: 'host',
      version: '1',
    })
    expect(await client.callTool('whoami')).toMatchObject({ content: [{ text: 'ada' }] })
    expect(issuer.granted('authorization_code')).toBe(2)
    expect(secretsIn(said)).toEqual([])
  })

  it('ends with 3 where the login is refused', async () => {
    const child = startParley(['list', server.url], { cwd: folder, env: { XDG_CONFIG_HOME: join(folder, 'third') } })
    const ran = outcome(child)
    const back = await new Browser({ consents: false }).authorize(await heard(child.stderr, address))
    await fetch(back)
    const { code, stderr } = await ran
    expect(code).toBe(3)
    expect(stderr.trim().split('\n')).toHaveLength(2)
    expect(secretsIn(stderr)).toEqual([])
  })
})
