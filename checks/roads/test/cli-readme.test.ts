import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ended, heard, main, parley, startParley } from './cli-process.ts'

vi.setConfig({ testTimeout: 60_000 })

const readme = readFileSync(join(import.meta.dirname, '..', '..', '..', 'packages', 'cli', 'README.md'), 'utf8')
const echo = join(import.meta.dirname, '..', '..', '..', 'apps', 'echo', 'dist', 'main.js')

const blocks = (language: string): string[] =>
  [...readme.matchAll(/^```(\w+)\n(.*?)^```/gms)].flatMap(([, found, text]) => (found === language ? [text ?? ''] : []))

const commands = blocks('sh').flatMap((block) => block.trim().split('\n'))

/** The words of a line, as a shell would find them. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

// These go on until they are ended; what they print first says that they run.
const lasting: readonly [start: string, sign: RegExp][] = [
  ['parley dev', /The inspector is at/],
  ['parley run server.ts --transport', /is served at/],
]

describe('every command of the README of the CLI', () => {
  // Below this folder, so that zod is found.
  let folder = ''
  let url = ''
  let web: ReturnType<typeof startParley>

  beforeAll(async () => {
    folder = mkdtempSync(join(import.meta.dirname, '.readme-cli-'))
    for (const name of ['home/.cursor', 'config/Claude', 'config/Code/User'])
      mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, 'server.ts'), blocks('ts')[0] ?? '')
    writeFileSync(join(folder, '.env'), 'A=1\n')
    const calculator = { command: process.execPath, args: [main, 'run', join(folder, 'server.ts')] }
    writeFileSync(join(folder, 'mcp.json'), JSON.stringify({ mcpServers: { calculator } }))
    web = startParley(['run', 'server.ts', '-t', 'http', '-p', '0'], { cwd: folder })
    url = await heard(web.stderr, /served at (\S+)/)
  })

  afterAll(async () => {
    web.kill('SIGINT')
    await ended(web)
    rmSync(folder, { recursive: true, force: true })
  })

  const wordsHere = (line: string): string[] =>
    wordsOf(
      line
        .replace('https://example.com/mcp', url)
        .replace('npx -y @parley/echo', `${process.execPath} ${echo}`)
        .replace(/--port \d+/, '--port 0')
        .replace('parley record', `parley list tools -- ${process.execPath} ${main} record`)
        .replace('dev server.ts', 'dev --no-open server.ts'),
    ).slice(1)

  it('is one of this program', () => {
    expect(commands.length).toBeGreaterThan(20)
    expect(commands.filter((line) => !line.startsWith('parley '))).toEqual([])
  })

  it.each(commands)('%s', async (line) => {
    const sign = lasting.find(([start]) => line.startsWith(start))?.[1]
    if (sign === undefined) {
      const { code, stderr } = await parley(wordsHere(line), { cwd: folder, env: { KEY: 'value' } })
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
      return
    }
    const child = startParley(wordsHere(line), { cwd: folder })
    await heard(child.stderr, sign)
    child.kill('SIGINT')
    expect(await ended(child)).toBe(0)
  })
})
