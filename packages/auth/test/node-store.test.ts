import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withFileLock } from '../src/node/file-lock.ts'
import { fileStore } from '../src/node.ts'

let directory = ''

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-auth-'))
})

afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
})

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8)

describe('the file store', () => {
  it('reads what was written, by another of its kind too', async () => {
    const key = '["token","https://as.example/../../x","🔑"]'
    await fileStore(directory).write(key, { accessToken: 'canary' })
    expect(await fileStore(directory).read(key)).toEqual({ accessToken: 'canary' })
    expect(await fileStore(directory).read('another')).toBeUndefined()
    await fileStore(directory).delete(key)
    await fileStore(directory).delete(key)
    expect(await fileStore(directory).read(key)).toBeUndefined()
    expect(await readdir(directory)).toEqual([])
  })

  it('T36: makes files that nobody else reads, in a directory of its own', async () => {
    const own = join(directory, 'deep', 'auth')
    const store = fileStore(own)
    await store.write('a', { one: 1 })
    await store.write('a', { two: 2 })
    const files = await readdir(own)
    expect(files).toHaveLength(1)
    expect([await modeOf(own), await modeOf(join(own, files[0] ?? ''))]).toEqual(['700', '600'])
  })

  it('T36: refuses a directory that others can look into', async () => {
    await chmod(directory, 0o755)
    const store = fileStore(directory)
    await expect(store.write('a', {})).rejects.toThrow(/mode 0700/)
    expect(await readdir(directory)).toEqual([])
    await chmod(directory, 0o700)
    await store.write('a', {})
  })

  it('takes a damaged file for none', async () => {
    const store = fileStore(directory)
    await store.write('a', { one: 1 })
    const [file = ''] = await readdir(directory)
    for (const text of ['', '{', '[]', '{"value":7}']) {
      await writeFile(join(directory, file), text)
      expect(await store.read('a')).toBeUndefined()
    }
  })

  it('is never seen half-written', async () => {
    const store = fileStore(directory)
    const long = 'x'.repeat(100_000)
    await store.write('a', { long, round: -1 })
    const writing = (async () => {
      for (let round = 0; round < 30; round += 1) await store.write('a', { long, round })
    })()
    for (let look = 0; look < 60; look += 1) expect((await store.read('a'))?.['long']).toBe(long)
    await writing
  })
})

describe('its lock', () => {
  it('REL-OAUTH-1: lets one at a time', async () => {
    const store = fileStore(directory)
    let inside = 0
    let most = 0
    const work = async (): Promise<void> => {
      inside += 1
      most = Math.max(most, inside)
      await readdir(directory)
      inside -= 1
    }
    await Promise.all(Array.from({ length: 20 }, async () => store.lock?.('a', work)))
    expect(most).toBe(1)
    expect(await readdir(directory)).toEqual([])
  })

  it('is let go of when the work fails', async () => {
    const store = fileStore(directory)
    await expect(store.lock?.('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await store.lock?.('a', async () => 7)).toBe(7)
  })

  it('is given up by a signal, before the work', async () => {
    const path = join(directory, 'lock')
    await withFileLock(path, async () => {
      const signal = AbortSignal.timeout(30)
      await expect(withFileLock(path, async () => 'worked', { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
    })
  })

  it('of a dead process is taken over at once', async () => {
    const path = join(directory, 'lock')
    const own = await withFileLock(path, async () => readFile(path, 'utf8'))
    await writeFile(path, own.replace(` ${process.pid} `, ' 2147483646 '))
    expect(await withFileLock(path, async () => readFile(path, 'utf8'))).toContain(` ${process.pid} `)
    expect(await readdir(directory)).toEqual([])
  })

  it('of another machine is taken over when it has aged, and by one alone', async () => {
    const path = join(directory, 'lock')
    await writeFile(path, 'elsewhere 1 x')
    const old = new Date(Date.now() - 60_000)
    await utimes(path, old, old)
    let inside = 0
    const work = async (): Promise<number> => {
      inside += 1
      await readdir(directory)
      inside -= 1
      return inside
    }
    expect(await Promise.all(Array.from({ length: 10 }, () => withFileLock(path, work, { stale: 300 })))).toEqual(
      Array(10).fill(0),
    )
    expect(await readdir(directory)).toEqual([])
  })

  it('is not removed by one that it no longer belongs to', async () => {
    const path = join(directory, 'lock')
    await withFileLock(path, () => writeFile(path, 'elsewhere 1 x'))
    expect(await readFile(path, 'utf8')).toBe('elsewhere 1 x')
  })
})
