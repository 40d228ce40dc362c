import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { versions } from './echo.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const me = { name: 'test', version: '1.0.0' }

/** Starts the server on a port of its own; settles with its URL. */
const start = async (...more: string[]): Promise<{ child: ChildProcess; url: string; said: () => string }> => {
  const child = spawn(process.execPath, [main, '--http', '--port', '0', ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      const found = /http:\/\/\S+/.exec(said)
      if (found !== null) resolve(found[0])
    })
    child.once('close', () => reject(new Error(said)))
  })
  return { child, url, said: () => said }
}

describe('parley-echo --http', () => {
  // The oldest revision has no road at this URL.
  it.each(versions.slice(0, 2))('says the three historic forms in %s, tells its road, and asks', async (version) => {
    const { url, said } = await start()
    expect(new URL(url).pathname).toBe('/mcp')
    expect(said()).toBe(`parley-echo is served at ${url}\n`)
    const onElicit = () => ({ action: 'accept' as const, content: { message: 'Ahoy!' } })
    const client = await connect(http(url), { ...me, versions: [version], onElicit })
    expect((await client.readResource('echo://Ada%20L')).text()).toBe('Resource echo: Ada L')
    const { content } = await client.callTool('echo_tool', { message: 'مرحبا 👋\n' })
    expect(content).toEqual([{ type: 'text', text: 'Tool echo: مرحبا 👋\n' }])
    const { messages } = await client.getPrompt('echo_prompt', { message: 'hi' })
    expect(messages[0]?.content).toEqual({ type: 'text', text: 'Please process this message: hi' })
    const asked = await client.callTool('echo_ask')
    expect(asked.content).toEqual([{ type: 'text', text: 'You said: Ahoy!' }])
    const { structured } = await client.callTool('echo_whoami')
    expect(structured).toMatchObject({ version, transport: 'http' })
    await client.close()
  })

  it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
    'ends in order on %s: a call finishes, and whoever listens is told',
    async (signal) => {
      const { child, url } = await start()
      const over = once(child, 'close')
      const client = await connect(http(url), me)
      const changes = await client.listen({ resourceSubscriptions: ['echo:recent'] })
      const call = client.callTool(
        'echo_many',
        { message: 'hi', times: 3, delay_ms: 30 },
        { onProgress: ({ progress }) => void (progress === 1 && child.kill(signal)) },
      )
      // Iterating would throw, had the stream broken.
      for await (const change of changes) expect(change).toBeDefined()
      expect((await call).content).toEqual([{ type: 'text', text: 'hi\nhi\nhi' }])
      expect(await over).toEqual([0, null])
      await client.close()
    },
  )

  it('answers to the names that it is given, and to no others', async () => {
    const { url } = await start('--host', '0.0.0.0', '--allow', 'echo.example')
    // What fetch sends as Host is the URL's own.
    const status = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asking = request({ port: new URL(url).port, path: '/mcp', method: 'OPTIONS', headers: { host } })
        asking.once('response', (answer) => resolve(answer.resume().statusCode)).once('error', reject)
        asking.end()
      })
    expect(await Promise.all(['echo.example', '127.0.0.1', 'echo.test'].map(status))).toEqual([204, 403, 403])
  })

  it.each([
    [['--http', '--port', 'x'], '--port takes a number from 0 to 65535, not "x"'],
    [['--http', '--port', '65536'], '--port takes a number from 0 to 65535, not "65536"'],
    [['--http', '--host', '0.0.0.0'], '--host 0.0.0.0 reaches beyond this machine'],
    [['--http', 'hello'], '--http takes no message'],
    [['--port', '1'], '--port goes with --http'],
  ])('refuses %j', (args, why) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`parley-echo: ${why}`)
    expect(stderr).toContain('parley-echo --help tells how it is used.')
  })
})
