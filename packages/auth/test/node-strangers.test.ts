import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { withFileLock } from '../src/node/file-lock.ts'
import { checkedFetch } from '../src/client.ts'
import { fileStore, loopback, safeFetch } from '../src/node.ts'
import { failureOf, withResolvers } from './world.ts'

let directory = ''

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-auth-'))
})

afterEach(async () => {
  vi.restoreAllMocks()
  await rm(directory, { recursive: true, force: true })
})

describe('the loopback listener and others on this machine', () => {
  const asked = new URL('https://as.example/authorize?state=s')

  it.each(['?code=c', '?code=c&state=', '?code=c&state=other', '?error=access_denied', '?state=s&state=other', ''])(
    'T34: %j ends no login: whoever does not know its state has no part in it',
    async (query) => {
      await using place = await loopback({ show: () => undefined, open: () => undefined }).open([])
      // Before the user was sent anywhere, nobody can come back.
      expect((await fetch(`${place.redirectUri}?code=c`)).status).toBe(404)
      const visit = place.visit(asked)
      expect((await fetch(`${place.redirectUri}${query}`)).status).toBe(404)
      const callback = `${place.redirectUri}?code=c&state=s`
      expect((await fetch(callback)).status).toBe(200)
      expect((await visit).href).toBe(callback)
    },
  )
})

describe('a lock that seems to be left behind', () => {
  it('is not, where its process is of another machine or container that has the same name', async () => {
    const path = join(directory, 'lock')
    // The name alone, which is all that they have in common.
    await writeFile(path, `${hostname()} 2147483646 x`)
    const signal = AbortSignal.timeout(60)
    await expect(withFileLock(path, async () => 'worked', { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('is not, where only the clock was set forward', async () => {
    const path = join(directory, 'lock')
    let inside = 0
    let most = 0
    const work = async (): Promise<void> => {
      inside += 1
      most = Math.max(most, inside)
      await readdir(directory)
      inside -= 1
    }
    const entered = withResolvers<void>()
    const leave = withResolvers<void>()
    const first = withFileLock(path, async () => {
      inside += 1
      entered.resolve()
      await leave.promise
      inside -= 1
    })
    await entered.promise
    const hour = 3_600_000
    const now = Date.now
    vi.spyOn(Date, 'now').mockImplementation(() => now() + hour)
    const second = withFileLock(path, work, { signal: AbortSignal.timeout(100) }).catch(() => undefined)
    await second
    expect(most).toBe(0)
    leave.resolve()
    await first
    await withFileLock(path, work)
    expect(most).toBe(1)
  })

  it.each([-60_000, 3_600_000])('is, when its time is off by %i ms and nobody touches it for a while', async (off) => {
    const path = join(directory, 'lock')
    await writeFile(path, 'elsewhere 1 x')
    const old = new Date(Date.now() + off)
    await utimes(path, old, old)
    const began = performance.now()
    expect(await withFileLock(path, async () => 'worked', { stale: 300 })).toBe('worked')
    expect(performance.now() - began).toBeGreaterThan(100)
    expect(await readdir(directory)).toEqual([])
  })
})

describe('a directory of credentials', () => {
  it.skipIf(process.getuid === undefined)("T36: is refused where it is somebody else's", async () => {
    const own = process.getuid?.() ?? 0
    vi.spyOn(process, 'getuid').mockReturnValue(own + 1)
    await expect(fileStore(directory).write('a', {})).rejects.toThrow(/belongs to another user/)
    expect(await readdir(directory)).toEqual([])
  })

  it('T36: is refused behind a link to one that others can look into', async () => {
    const link = `${directory}-link`
    onTestFinished(() => rm(link))
    await chmod(directory, 0o755)
    await symlink(directory, link)
    await expect(fileStore(link).write('a', {})).rejects.toThrow(/mode 0700/)
  })

  it('keeps no draft of what could not be put in its place', async () => {
    const store = fileStore(directory)
    await store.write('a', { one: 1 })
    const [file = ''] = await readdir(directory)
    await rm(join(directory, file))
    // A directory of that name cannot be replaced by a file.
    await mkdir(join(directory, file))
    await expect(store.write('a', { two: 2 })).rejects.toMatchObject({
      code: expect.stringMatching(/EISDIR|EPERM|ENOTEMPTY/) as string,
    })
    expect(await readdir(directory)).toEqual([file])
  })
})

describe('an answer that is no HTTP', () => {
  it.each([
    ['safeFetch', safeFetch(), /^HPE_/],
    ['checkedFetch', checkedFetch(), undefined],
  ])('T2: leaves nothing of it in the error of %s', async (_, fetch, code) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n{"access_token":"canary"}')
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const error = await failureOf(fetch(new URL(`http://127.0.0.1:${port}/token`), { loopback: true }))
    expect(error.check).toBe('document')
    if (code !== undefined) expect(error.cause).toMatchObject({ code: expect.stringMatching(code) as string })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/canary|Buffer|data:/)
  })
})
