import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileStore } from '@parley/auth/node'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startAuthorizationServer } from '../authorization-server.ts'
import type { AuthorizationServer, AuthorizationServerOptions } from '../authorization-server.ts'
import { watchOutput } from '../canary.ts'
import { startMate } from '../crew.ts'
import type { Mate, Told } from '../crew.ts'
import { forThisTest } from '../lifetime.ts'
import { overhear } from '../overheard.ts'
import { serveProtected } from '../protected.ts'
import type { Protected } from '../protected.ts'
import { connectBy, visitor } from '../visitor.ts'

watchOutput()

// Starting five processes takes a while where others are at work, too.
vi.setConfig({ testTimeout: 60_000 })

const crew = 5
const calls = 20

type Ship = {
  readonly authorizationServer: AuthorizationServer
  readonly server: Protected
  readonly directory: string
  readonly mates: readonly Mate[]
}

/** Somebody has logged in, and five processes have connected with the tokens that this left in a directory. */
const board = async (options: AuthorizationServerOptions = {}): Promise<Ship> => {
  const authorizationServer = forThisTest(await startAuthorizationServer(options))
  const server = forThisTest(await serveProtected(authorizationServer))
  const directory = mkdtempSync(join(tmpdir(), 'parley-auth-'))
  const store = fileStore(directory)
  const client = await connectBy(server.url, visitor(server.url, { store }))
  await client.close()
  const mates = await Promise.all(Array.from({ length: crew }, () => startMate(server.url, directory, 'whoami')))
  onTestFinished(async () => {
    await Promise.all(mates.map((mate) => mate.kill()))
    rmSync(directory, { recursive: true, force: true })
  })
  expect(authorizationServer.granted('refresh_token')).toBe(0)
  return { authorizationServer, server, directory, mates }
}

const callAll = (mates: readonly Mate[]): Promise<Told[]> =>
  Promise.all(mates.map((mate) => mate.tell(`call ${calls}`)))

const good = Array.from({ length: crew * calls }, () => JSON.stringify([{ type: 'text', text: 'ada' }]))

const expectNoneLost = (told: readonly Told[], { authorizationServer, mates }: Ship): void => {
  expect(told.flatMap(({ results }) => results)).toEqual(good)
  expect(told.map(({ logins }) => logins)).toEqual(Array.from({ length: crew }, () => 0))
  expect(authorizationServer.requests.filter(({ error }) => error !== undefined)).toEqual([])
  expect(mates.flatMap(({ complaints }) => complaints)).toEqual([])
  for (const { said } of mates) overhear(said.join('\n'))
}

afterEach(() => {
  vi.useRealTimers()
})

describe('REL-OAUTH-1: five processes with twenty calls each', () => {
  it('refresh once when the token is about to expire, and no call fails', async () => {
    const ship = await board({ seconds: 120 })
    const { authorizationServer, mates } = ship
    // The clocks of all: this process serves, those call.
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 119_000)
    await Promise.all(mates.map((mate) => mate.tell('ahead 119000')))
    expectNoneLost(await callAll(mates), ship)
    expect(authorizationServer.granted('refresh_token')).toBe(1)
  })

  it('refresh once when the server refuses what has expired on its clock alone, and no call fails', async () => {
    const ship = await board({ seconds: 3600 })
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 3_700_000)
    expectNoneLost(await callAll(ship.mates), ship)
    expect(ship.authorizationServer.granted('refresh_token')).toBe(1)
  })

  it('refresh once for each time that it expires, and leave files that only their owner reads', async () => {
    const ship = await board({ seconds: 3600 })
    const { authorizationServer, mates, directory } = ship
    vi.useFakeTimers({ toFake: ['Date'] })
    for (const time of [1, 2, 3]) {
      vi.setSystemTime(Date.now() + 3_700_000)
      await Promise.all(mates.map((mate) => mate.tell(`ahead ${time * 3_700_000}`)))
      expectNoneLost(await callAll(mates), ship)
      expect(authorizationServer.granted('refresh_token')).toBe(time)
    }
    const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)
    expect(modeOf(directory)).toBe('700')
    const files = readdirSync(directory).map((file) => join(directory, file))
    expect(new Set(files.map(modeOf))).toEqual(new Set(['600']))
    // Of all that was issued, what is good now is kept, and nothing else.
    const kept = files.map((file) => readFileSync(file, 'utf8')).join('\n')
    expect([...authorizationServer.secrets].filter((secret) => kept.includes(secret)).length).toBe(2)
    expect(files.filter((file) => file.endsWith('.lock'))).toEqual([])
  })

  it('refresh once although the one that had begun to is killed', async () => {
    const ship = await board({ seconds: 3600 })
    const { authorizationServer, mates } = ship
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 3_700_000)
    await Promise.all(mates.map((mate) => mate.tell('ahead 3700000')))
    const { come, left } = authorizationServer.tokens.close()
    const [first, ...others] = mates
    const lost = first?.tell('call 1').catch((error: unknown) => String(error))
    await come
    // It holds the lock, and its request has not been answered; the others wait for the lock.
    const told = callAll(others)
    await first?.kill()
    expect(await lost).toMatch('A caller has ended')
    await left
    authorizationServer.tokens.open()
    expect((await told).flatMap(({ results }) => results)).toEqual(good.slice(calls))
    expect(authorizationServer.requests.map(({ grant }) => grant)).toEqual(['authorization_code', 'refresh_token'])
  })
})
