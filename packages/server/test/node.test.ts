import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Resources } from '../src/features/resources.ts'
import { audio, directoryResource, file, fileResource, image } from '../src/node.ts'
import { ask, FakeHost } from './fakes.ts'

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-'))
  await mkdir(join(root, 'in/sub'), { recursive: true })
  await mkdir(join(root, 'in-old'))
  await writeFile(join(root, 'in/a b.txt'), 'héllo')
  await writeFile(join(root, 'in/sub/p.png'), png)
  await writeFile(join(root, 'in/.env'), 'SECRET=1')
  await writeFile(join(root, 'in-old/x.txt'), 'old')
  await writeFile(join(root, 'out.txt'), 'out')
  await symlink(join(root, 'out.txt'), join(root, 'in/leak.txt'))
  await symlink(join(root, 'in/a b.txt'), join(root, 'in/alias.txt'))
  await symlink(join(root, 'in/.env'), join(root, 'in/env.txt'))
})

afterEach(() => rm(root, { recursive: true }))

describe('content from files', () => {
  it.each([
    ['a path', (path: string) => path],
    ['a path in an object', (path: string) => ({ path })],
    ['a file: URL', (path: string) => pathToFileURL(path)],
  ])('B10: is read from %s', async (_kind, source) => {
    expect(await image(source(join(root, 'in/sub/p.png')))).toEqual({
      type: 'image',
      data: 'iVBORw0KGgo=',
      mimeType: 'image/png',
    })
  })

  it('B10: knows a file by its name', async () => {
    expect(await file(join(root, 'in/a b.txt'))).toEqual({
      type: 'resource',
      resource: { uri: 'attachment:///a%20b.txt', mimeType: 'text/plain', text: 'héllo' },
    })
  })

  it('B10: refuses what is too large, not the kind declared, no file, or given twice', async () => {
    const path = join(root, 'in/sub/p.png')
    await expect(image(path, { maxBytes: 7 })).rejects.toThrow('more than the 7 of maxBytes')
    await expect(image({ path, mimeType: 'image/jpeg' })).rejects.toThrow('Declared as image/jpeg')
    await expect(audio(path)).rejects.toThrow('found image/png')
    await expect(image(root)).rejects.toThrow('no regular file')
    await expect(image({ path, data: png })).rejects.toThrow('exactly one source')
  })

  it('takes what the neutral makers take', async () => {
    expect(await image(png)).toMatchObject({ mimeType: 'image/png' })
    await expect(image(new URL('https://example.com/a.png'))).rejects.toThrow('Nothing is fetched here')
  })
})

describe('fileResource', () => {
  it('R1: offers one file', async () => {
    const resources = new Resources(new FakeHost())
    const path = join(root, 'in/a b.txt')
    const uri = pathToFileURL(path).href
    resources.registrar()(...fileResource(path))
    resources.registrar()(...fileResource(join(root, 'none'), { uri: 'a://none', name: 'none' }))
    expect(await ask(resources, 'resources/list')).toEqual({
      resources: [
        { uri, name: 'a b.txt' },
        { uri: 'a://none', name: 'none' },
      ],
    })
    expect(await ask(resources, 'resources/read', { uri })).toEqual({
      contents: [{ uri, mimeType: 'text/plain', text: 'héllo' }],
    })
    await expect(ask(resources, 'resources/read', { uri: 'a://none' })).rejects.toMatchObject({
      kind: 'resourceNotFound',
    })
  })

  it('takes absolute paths only', () => {
    expect(() => fileResource('a.txt')).toThrow('no absolute path')
    expect(() => directoryResource('a')).toThrow('no absolute path')
  })
})

describe('directoryResource', () => {
  const offer = (options = {}) => {
    const resources = new Resources(new FakeHost())
    resources.registrar()(...directoryResource(join(root, 'in'), options))
    const at = (name: string) => `${pathToFileURL(join(root, 'in')).href}/${name}`
    return {
      at,
      list: () => ask(resources, 'resources/list'),
      read: (name: string) => ask(resources, 'resources/read', { uri: at(name) }),
    }
  }

  it('lists what is below, without hidden files and links, up to its limit', async () => {
    const { at, list } = offer()
    expect(await list()).toMatchObject({
      resources: [
        { uri: at('a%20b.txt'), name: 'a b.txt', mimeType: 'text/plain' },
        { uri: at('sub/p.png'), name: 'sub/p.png', mimeType: 'image/png' },
      ],
    })
    expect(await offer({ limit: 1 }).list()).toMatchObject({ resources: [{ name: 'a b.txt' }] })
  })

  it('reads what is below, by links that stay inside as well', async () => {
    const { at, read } = offer()
    expect(await read('a%20b.txt')).toEqual({
      contents: [{ uri: at('a%20b.txt'), mimeType: 'text/plain', text: 'héllo' }],
    })
    expect(await read('alias.txt')).toMatchObject({ contents: [{ text: 'héllo' }] })
    expect(await read('sub/p.png')).toMatchObject({ contents: [{ mimeType: 'image/png', blob: 'iVBORw0KGgo=' }] })
  })

  it.each(['leak.txt', '.env', 'env.txt', 'none', 'sub', 'a%20b.txt/x', 'sub/.%2f.env'])(
    'R3, SEC-PATH-1: finds nothing at %s',
    async (name) => {
      await expect(offer().read(name)).rejects.toMatchObject({ kind: 'resourceNotFound' })
    },
  )

  it.each(['../out.txt', '%2e%2e/in-old/x.txt', '..%2Fin-old%2Fx.txt', '/etc/hosts', '%00', 'sub/../../out.txt'])(
    'R3, SEC-PATH-2: refuses %s',
    async (name) => {
      await expect(offer().read(name)).rejects.toMatchObject({ code: -32602, kind: 'invalidParams' })
    },
  )

  it('shows hidden files when told to', async () => {
    const { read, list } = offer({ hidden: true })
    expect(await read('.env')).toMatchObject({ contents: [{ text: 'SECRET=1' }] })
    expect(await list()).toMatchObject({ resources: [{ name: '.env' }, {}, {}] })
    await expect(read('leak.txt')).rejects.toMatchObject({ kind: 'resourceNotFound' })
  })
})
