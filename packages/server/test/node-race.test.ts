import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import type * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Resources } from '../src/features/resources.ts'
import { directoryResource } from '../src/node.ts'
import { ask, FakeHost } from './fakes.ts'

const around = vi.hoisted(() => ({
  before: async (): Promise<void> => undefined,
  after: async (): Promise<void> => undefined,
}))

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof fs>()
  const open: typeof fs.open = async (...args) => {
    await around.before()
    const handle = await original.open(...args)
    await around.after()
    return handle
  }
  return { ...original, open }
})

let root: string
const folder = () => join(root, 'in/sub')

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-'))
  await mkdir(folder(), { recursive: true })
  await mkdir(join(root, 'out'))
  await writeFile(join(folder(), 'a.txt'), 'inside')
  await writeFile(join(root, 'out/a.txt'), 'outside')
})

afterEach(async () => {
  around.before = async () => undefined
  around.after = async () => undefined
  await rm(root, { recursive: true })
})

const swap = async (): Promise<void> => {
  await rename(folder(), join(root, 'aside'))
  await symlink(join(root, 'out'), folder())
}

const swapBack = async (): Promise<void> => {
  await unlink(folder())
  await rename(join(root, 'aside'), folder())
}

const read = () => {
  const resources = new Resources(new FakeHost())
  resources.registrar()(...directoryResource(join(root, 'in')))
  return ask(resources, 'resources/read', { uri: pathToFileURL(join(folder(), 'a.txt')).href })
}

it('reads a file that stays where it is', async () => {
  expect(await read()).toMatchObject({ contents: [{ text: 'inside' }] })
})

it('R3, SEC-PATH-1: gives out nothing when a folder becomes a link between the check and the opening', async () => {
  around.before = swap
  await expect(read()).rejects.toMatchObject({ kind: 'resourceNotFound' })
})

it('R3, SEC-PATH-1: gives out nothing when the folder is put back before the second check', async () => {
  around.before = swap
  around.after = swapBack
  await expect(read()).rejects.toMatchObject({ kind: 'resourceNotFound' })
})
