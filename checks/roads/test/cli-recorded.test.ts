import { runTranscripts } from '@parley/testing'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { main, parley } from './cli-process.ts'
import { makeServer } from './cli-recorded.ts'

const folder = mkdtempSync(join(tmpdir(), 'parley-recorded-'))
const server = join(import.meta.dirname, 'cli-recorded.ts')
const eras = { modern: '2026-07-28', legacy: '2025-11-25' } as const

/** Has a conversation with the server through `parley record`. */
const record = async (era: keyof typeof eras): Promise<string> => {
  const path = join(folder, 'said', eras[era], 'said.txt')
  mkdirSync(join(folder, 'said', eras[era]), { recursive: true })
  const words = ['call', 'ask', '--answer', '{"who":"Ada"}', '--era', era]
  const ran = await parley([...words, '--', process.execPath, main, 'record', path, server], { cwd: folder })
  expect(ran).toMatchObject({ code: 0, stdout: 'accept\n' })
  return path
}

// What is played below is read while tests are gathered.
const recorded = [await record('modern'), await record('legacy')] as const

afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('what was recorded holds against the server that it was recorded from', async () => {
  for (const path of recorded) {
    expect(readFileSync(path, 'utf8')).toContain('"method": "tools/call"')
    expect(await parley(['replay', path, server], { cwd: folder })).toMatchObject({ code: 0 })
  }
})

runTranscripts(join(folder, 'said'), makeServer, { update: false })
