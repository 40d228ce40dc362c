import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { publishedAs, publishedEntry } from '../src/setup/published.ts'

describe('a server that is on npm', () => {
  let folder = ''

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-published-'))
    mkdirSync(join(folder, 'src'))
    writeFileSync(join(folder, 'src', 'main.ts'), '')
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const manifest = (value: object): void => writeFileSync(join(folder, 'package.json'), JSON.stringify(value))

  it.each([
    ['bank@1.2.3', 'bank', '1.2.3'],
    ['@ada/bank@1.2.3-beta.1', '@ada/bank', '1.2.3-beta.1'],
  ])('is known by name and version: %s', async (text, name, version) => {
    expect(await publishedAs(text)).toEqual({ name, version })
  })

  it('is that which a file belongs to', async () => {
    manifest({ name: '@ada/bank', version: '2.0.0' })
    expect(await publishedAs(join(folder, 'src', 'main.ts'))).toEqual({ name: '@ada/bank', version: '2.0.0' })
    expect(await publishedAs(folder)).toEqual({ name: '@ada/bank', version: '2.0.0' })
  })

  it('is none where the package is private, or the words are no package', async () => {
    manifest({ name: 'bank', version: '2.0.0', private: true })
    await expect(publishedAs(folder)).rejects.toThrow('is private')
    await expect(publishedAs('a b; c')).rejects.toThrow('--published takes a package')
    await expect(publishedAs('--version')).rejects.toThrow('--published takes a package')
  })

  it('is started by npx in that version, where hosts have hardly a PATH', () => {
    const entry = publishedEntry({ name: 'bank', version: '1.2.3' }, { KEY: '1' })
    expect(entry).toMatchObject({ kind: 'stdio', env: { KEY: '1' } })
    if (entry.kind !== 'stdio') return
    expect(entry.args.slice(-2)).toEqual(['-y', 'bank@1.2.3'])
  })
})
