import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import { RpcError } from '@parley/core'
import { revisions } from '@parley/protocol'
import { http } from '@parley/transports/http/client'
import { stdio } from '@parley/transports/stdio/client'
import { ended, heard, parley, startParley } from './cli-process.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
let folder: string

/** The code block of README.md that follows a marker. */
const block = async (marker: string): Promise<string> => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const after = readme.slice(readme.indexOf(`<!-- ${marker}:`))
  return /```ts\n(.*?)```/s.exec(after)?.[1] ?? ''
}

/** Saves code as a module that node runs as it is, where the packages are installed. */
const runnable = async (name: string, code: string): Promise<string> => {
  const file = join(folder, `${name}.mjs`)
  await writeFile(file, code)
  return file
}

beforeAll(async () => {
  folder = await mkdtemp(join(here, '.readme-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const versions = [revisions[0], revisions.find((revision) => revision.era === 'legacy')].map(
  (found) => found?.version ?? '',
)

describe('the quickstart of the README', () => {
  let main: string
  beforeAll(async () => {
    main = await runnable('quickstart', await block('quickstart'))
  })

  it('has at most fifteen lines', async () => {
    const lines = (await block('quickstart')).split('\n').filter((line) => line.trim() !== '')
    expect(lines.length).toBeGreaterThan(5)
    expect(lines.length).toBeLessThanOrEqual(15)
  })

  describe.each(versions)('in %s', (version) => {
    let client: Client
    beforeAll(async () => {
      client = await connect(stdio(process.execPath, [main]), { name: 'test', version: '1.0.0', versions: [version] })
    })
    afterAll(() => client.close())

    it('lists one tool, with two required numbers', async () => {
      const [tool, ...others] = await client.listTools()
      expect(others).toEqual([])
      expect(tool).toMatchObject({ name: 'add', description: 'Adds two numbers' })
      expect(tool?.inputSchema).toMatchObject({
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b'],
      })
    })

    it('adds', async () => {
      const result = await client.callTool('add', { a: 1, b: 2 })
      expect(result.content).toEqual([{ type: 'text', text: '3' }])
      expect(result.structured).toEqual({ result: 3 })
      expect(result.isError).toBe(false)
    })

    it('O6: answers a bad argument with a result that names it, an unknown tool with -32602', async () => {
      const refused = await client.callTool('add', { a: 'x', b: 2 })
      expect(refused.isError).toBe(true)
      expect(refused.content).toEqual([{ type: 'text', text: expect.stringMatching(/\ba\b.*number/) as string }])
      const unknown = await client.callTool('subtract', {}).catch((error: unknown) => error)
      expect(unknown).toBeInstanceOf(RpcError)
      expect(unknown).toMatchObject({ code: -32602 })
    })

    it('lists the greeting as a template, and greets', async () => {
      expect(await client.listResources()).toEqual([])
      expect((await client.listResourceTemplates()).map((template) => template.uriTemplate)).toEqual([
        'greeting://{name}',
      ])
      const { contents } = await client.readResource('greeting://Ada%20L')
      expect(contents).toEqual([{ uri: 'greeting://Ada%20L', mimeType: 'text/plain', text: 'Hello, Ada L!' }])
    })

    it('R2: has no resource elsewhere', async () => {
      const missing = await client.readResource('parting://Ada').catch((error: unknown) => error)
      expect(missing).toMatchObject({ code: version === versions[0] ? -32602 : -32002 })
    })
  })

  it('runs with the tool that asks, which the README adds to it', async () => {
    const asking = (await block('quickstart')).replace('await serveStdio', `${await block('asking')}\nawait serveStdio`)
    const file = await runnable('asking', asking)
    for (const version of versions) {
      const onElicit = vi.fn(() => ({ action: 'accept' as const, content: { sure: true } }))
      const client = await connect(stdio(process.execPath, [file]), {
        name: 'test',
        version: '1.0.0',
        versions: [version],
        onElicit,
      })
      const { content } = await client.callTool('clear')
      await client.close()
      expect(content).toEqual([{ type: 'text', text: 'All is forgotten.' }])
      expect(onElicit).toHaveBeenCalledTimes(1)
    }
  })

  it('is served over HTTP with the lines that the README gives instead', async () => {
    const remote = await block('remote')
    expect(remote).toContain('port: 3000')
    const served = (await block('quickstart')).replace(
      'await serveStdio(server)\n',
      // The port may be taken where this runs.
      remote.replace('port: 3000', 'port: 0'),
    )
    const child = spawn(process.execPath, [await runnable('remote', served)], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill())
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const url = line.toString().trim()
    expect(new URL(url)).toMatchObject({ hostname: '127.0.0.1', pathname: '/mcp' })
    for (const version of versions) {
      const client = await connect(http(url), { name: 'test', version: '1.0.0', versions: [version] })
      expect((await client.callTool('add', { a: 1, b: 2 })).structured).toEqual({ result: 3 })
      expect((await client.readResource('greeting://Ada%20L')).text()).toBe('Hello, Ada L!')
      await client.close()
    }
  })

  it('answers the client of the README', async () => {
    const written = await block('client')
    const started = "stdio('npx', ['-y', 'tsx', 'server.mts'])"
    expect(written).toContain(started)
    const code = written.replace(started, `stdio(process.execPath, [${JSON.stringify(main)}])`)
    const file = await runnable(
      'client',
      code.replace(/console\.log\((.*)\)/, 'process.stdout.write(JSON.stringify([$1]))'),
    )
    const output = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, [file], (error, stdout) => (error === null ? resolve(stdout) : reject(error)))
    })
    expect(JSON.parse(output)).toEqual([[{ type: 'text', text: '3' }], { result: 3 }, 'Hello, Ada L!'])
  })
})

describe('the commands of the README', () => {
  const command = async (verb: string): Promise<string[]> => {
    const readme = await readFile(join(root, 'README.md'), 'utf8')
    const [, words = ''] = new RegExp(`^parley (${verb} .*?)\\s*(?:#.*)?$`, 'm').exec(readme) ?? []
    return words.split(' ')
  }

  beforeAll(async () => {
    await writeFile(join(folder, 'server.mts'), await block('quickstart'))
  })

  it('call the tool', async () => {
    expect(await parley(await command('call'), { cwd: folder })).toEqual({ code: 0, stdout: '3\n', stderr: '' })
  })

  it('install it, and see it answer', async () => {
    const config = join(folder, 'config.json')
    const ran = await parley([...(await command('install')), '--config-path', config], { cwd: folder })
    expect(ran.code).toBe(0)
    expect(`${ran.stdout}${ran.stderr}`).toContain('It starts and offers 1 tool.')
    const { mcpServers } = JSON.parse(await readFile(config, 'utf8')) as { mcpServers: Record<string, unknown> }
    expect(Object.keys(mcpServers)).toEqual(['calculator'])
  })

  it('open the inspector on it', async () => {
    const developing = startParley([...(await command('dev')), '--no-open'], { cwd: folder })
    const url = await heard(developing.stderr, /http:\S+/)
    expect((await fetch(new URL('/', url))).status).toBe(200)
    developing.kill('SIGINT')
    expect(await ended(developing)).toBe(0)
  })
})
