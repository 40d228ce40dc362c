import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ended, environment, heard, main, startParley } from './cli-process.ts'

// Real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const bank = `import { Server } from '@parley/server'
const server: Server = new Server({ name: 'bank', version: '1.0.0' })
server.tool('pid', {}, () => String(process.pid))
process.stderr.write(\`bank runs as \${process.pid}\\n\`)
export default server
`

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-dev-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (text: string): void => writeFileSync(join(folder, 'bank.ts'), text)

const isAlive = (pid: string): boolean => {
  try {
    return process.kill(Number(pid), 0)
  } catch {
    return false
  }
}

describe('a program that dies under the inspector', () => {
  it.each([
    ['const = 1', 'exited with code 2'],
    ["throw new Error('no money')", 'exited with code 1'],
    ['process.exit(7)', 'exited with code 7'],
  ])('is reported, and the page stays: %s', async (line, how) => {
    write(`${bank}${line}\n`)
    const child = startParley(['dev', 'bank.ts', '--no-open'], { cwd: folder })
    const report = heard(child.stderr, /(bank\.ts exited with code \d)\. The page stays; the next save starts it anew/)
    const url = await heard(child.stderr, /at (http:\S+)/)
    expect(await report).toBe(`bank.ts ${how}`)
    expect((await fetch(url)).status).toBe(200)
    child.kill('SIGINT')
    expect(await ended(child)).toBe(0)
  })
})

const unix = process.platform !== 'win32'

describe.skipIf(!unix)('the end of the inspector', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is that of the program, by %s', async (signal) => {
    write(bank)
    const child = startParley(['dev', 'bank.ts', '--no-open'], { cwd: folder })
    const pid = await heard(child.stderr, /bank runs as (\d+)/)
    expect(isAlive(pid)).toBe(true)
    child.kill(signal)
    expect(await ended(child)).toBe(0)
    expect(isAlive(pid)).toBe(false)
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)('follows that of npm, by %s', async (signal) => {
    write(bank)
    // npm starts commands by a shell, which waits for them and hands nothing on.
    const line = `"${process.execPath}" "${main}" dev bank.ts --no-open; true`
    const env = environment(folder, { npm_config_user_agent: 'npm' })
    const shell = spawn('sh', ['-c', line], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
    const pid = await heard(shell.stderr, /bank runs as (\d+)/)
    // What writes there is gone when it closes.
    const closed = new Promise<void>((resolve) => shell.stderr.once('close', () => resolve()))
    shell.stderr.resume()
    shell.kill(signal)
    await closed
    expect(isAlive(pid)).toBe(false)
  })
})
