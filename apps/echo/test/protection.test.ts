import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { versions } from './echo.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const me = { name: 'test', version: '1.0.0' }

/** Starts the server with these flags; settles with what it said once it has said `lines` lines, or has ended. */
const start = (flags: readonly string[], lines: number, env: Record<string, string> = {}): Promise<string> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [main, '--http', ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      if (said.split('\n').length > lines) resolve(said)
    })
    child.once('close', () => resolve(said))
  })

const urlIn = (said: string): string => /http:\S+/.exec(said)?.[0] ?? ''

describe('parley-echo --http --auth', () => {
  it.each(versions.slice(0, 2))('lets in who holds the token that it shows, in %s', async (version) => {
    const said = await start(['--port', '0', '--auth'], 2)
    const token = /Bearer (\S+)\n/.exec(said)?.[1] ?? ''
    expect(token).toMatch(/^[\w-]{32}$/)
    const options = { ...me, versions: [version] }
    const client = await connect(http(urlIn(said), { headers: { authorization: `Bearer ${token}` } }), options)
    const { structured } = await client.callTool('echo_whoami')
    expect(structured).toMatchObject({ version, subject: 'holder of the token' })
    await client.close()
    for (const headers of [{}, { authorization: `Bearer ${token}x` }]) {
      await expect(connect(http(urlIn(said), { headers }), options)).rejects.toThrow('401')
    }
  })

  it('takes a token that it is given, and shows it to nobody', async () => {
    const token = 'a-token-that-was-given'
    const said = await start(['--port', '0', '--auth'], 2, { PARLEY_ECHO_TOKEN: token })
    expect(said).toContain('Callers need the token in PARLEY_ECHO_TOKEN\n')
    expect(said).not.toContain(token)
    const answer = await fetch(urlIn(said), { method: 'POST', headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).not.toBe(401)
  })

  it('takes none that could be guessed', async () => {
    const said = await start(['--port', '0', '--auth'], 3, { PARLEY_ECHO_TOKEN: 'hunter2' })
    expect(said).toContain('PARLEY_ECHO_TOKEN needs at least 16 characters')
    expect(said).not.toContain('hunter2')
  })

  it('sends its callers to the authorization server that was named', async () => {
    const issuer = 'https://accounts.example.com'
    const said = await start(['--port', String(await freePort()), '--auth', '--issuer', issuer], 2)
    const url = urlIn(said)
    expect(said).toContain(`Callers need a token of ${issuer} for ${url}\n`)
    const refused = await fetch(url, { method: 'POST' })
    const place = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '')?.[1] ?? ''
    expect(refused.status).toBe(401)
    expect(place).toBe(`${new URL(url).origin}/.well-known/oauth-protected-resource/mcp`)
    expect(await (await fetch(place)).json()).toEqual({
      resource_name: 'Echo',
      resource: url,
      authorization_servers: [issuer],
      bearer_methods_supported: ['header'],
    })
  })

  it.each([
    [['--issuer', 'https://accounts.example.com'], '--issuer goes with --auth'],
    [['--auth', '--resource', 'https://echo.example.com'], '--resource goes with --auth and --issuer'],
    [['--auth', '--issuer', 'accounts'], '--issuer takes a URL, not "accounts"'],
    [['--auth', '--issuer', 'http://accounts.example.com'], 'must be https:, or http: on loopback'],
    [['--auth', '--issuer', 'https://accounts.example.com', '--port', '0'], 'give a --port, or a --resource'],
    [['--auth', '--issuer', 'https://a.example.com', '--resource', 'http://echo.example.com'], 'must be https:'],
  ])('does not start with %j', async (flags, message) => {
    const said = await start(flags, 3)
    expect(said).toContain(message)
    expect(said).not.toContain('served at')
  })
})

/** A port that was free a moment ago. */
const freePort = async (): Promise<number> => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
