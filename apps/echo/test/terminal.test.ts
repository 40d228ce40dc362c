import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'

const built = (name: string): string => fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url))

const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [built('main'), ...args], { encoding: 'utf8' })

describe('parley-echo MESSAGE', () => {
  it.each([['hi'], ['two', 'words'], ['/etc/../a b?c#d%20e 👋'], ['--', '-x']])(
    'shows the three historic forms of %j',
    (...args) => {
      const message = args.filter((arg) => arg !== '--').join(' ')
      const { status, stdout, stderr } = run(...args)
      expect([status, stderr]).toEqual([0, ''])
      const [resource, tool, prompt, empty, title] = stdout.split('\n')
      expect(resource).toBe(`Resource echo: ${message}`)
      expect(tool).toBe(`Tool echo: ${message}`)
      expect(prompt).toBe(`Please process this message: ${message}`)
      expect([empty, title]).toEqual(['', 'On the wire:'])
    },
  )

  it('shows the messages on the wire, as they were', () => {
    const wire = run('hi').stdout.trim().split('\n').slice(5)
    const read = wire.map((line) => ({
      arrow: line.slice(0, 3),
      message: JSON.parse(line.slice(4)) as { id: number; method?: string },
    }))
    expect(read.map(({ arrow, message }) => [arrow, message.id, message.method])).toEqual([
      ['-->', 1, 'server/discover'],
      ['<--', 1, undefined],
      ['-->', 2, 'resources/read'],
      ['<--', 2, undefined],
      ['-->', 3, 'tools/call'],
      ['<--', 3, undefined],
      ['-->', 4, 'prompts/get'],
      ['<--', 4, undefined],
    ])
    expect(read[5]?.message).toMatchObject({
      jsonrpc: '2.0',
      result: { structuredContent: { result: 'Tool echo: hi' } },
    })
  })

  it('has no resource for nothing', () => {
    const { status, stdout } = run('')
    expect(status).toBe(0)
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      '(An empty message has no URI, so it is no resource.)',
      'Tool echo: ',
      'Please process this message: ',
    ])
  })
})

describe('parley-echo', () => {
  it.each(['--help', '-h'])('%s says how it is used', (flag) => {
    const { status, stdout, stderr } = run(flag)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^parley-echo: /)
    for (const use of ['parley-echo MESSAGE', 'parley-echo --http', 'parley-echo --help', '"mcpServers"'])
      expect(stdout).toContain(use)
  })

  it('says what is wrong with its options', () => {
    const { status, stdout, stderr } = run('--nope')
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^parley-echo: .*'--nope'.*\nparley-echo --help tells how it is used\.\n$/)
  })

  it('begins with a line that lets it run as a command', () => {
    expect(readFileSync(built('main'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })
})

describe('npm start', () => {
  it('walks through both eras, without colours where there is no terminal', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [built('walk')], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).not.toContain('\u001b')
    for (const line of [
      /^The modern era: .* 2026-07-28$/m,
      /^ {4}→ Tool echo: Ahoy! 👋$/m,
      /^ {4}→ ✗ .*message.*number$/m,
      /^ {4}\? the server asks the user: What shall I say\?$/m,
      /^ {4}→ You said: Hello from the user$/m,
      /^The legacy era: .* 2025-11-25$/m,
      /^ {2}✓ the same 8 answers in both eras/m,
    ])
      expect(stdout).toMatch(line)
    expect(stdout).toContain(built('main'))
  })

  it('ends with a failure, and says which, when the server does not start', () => {
    // Beside the real one, so that its imports are found.
    const folder = mkdtempSync(fileURLToPath(new URL('.walk-', import.meta.url)))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    for (const name of ['walk', 'steps', 'paint']) copyFileSync(built(name), join(folder, `${name}.js`))
    writeFileSync(join(folder, 'main.js'), "console.error('no luck today'); process.exit(3)")
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'walk.js')], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^\nThe walk failed: .* exited with code 3.*\nno luck today\n/)
  })
})
