import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import { stdio } from '@parley/transports/stdio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { longestMessage } from '../src/limits.ts'
import { rejection, versions } from './echo.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

describe.each(versions)('as a process, in %s', (version) => {
  let client: Client
  const stray: string[] = []
  let stderr = ''
  let hear: () => void = () => undefined
  const toUser = (chunk: string): void => {
    stderr += chunk
    hear()
  }
  /** Settles once stderr, which is a pipe of its own, has brought a text too. */
  const heard = (words: string): Promise<void> =>
    new Promise((resolve) => {
      hear = () => stderr.includes(words) && resolve()
      hear()
    })
  beforeAll(async () => {
    const road = stdio(process.execPath, [main], { onStray: (line) => stray.push(line), stderr: toUser })
    const onElicit = () => ({ action: 'accept' as const, content: { message: 'Ahoy!' } })
    client = await connect(road, { name: 'test', version: '1.0.0', versions: [version], onElicit })
  })
  afterAll(() => client.close())

  it('says the three historic forms', async () => {
    expect((await client.readResource('echo://Ada%20L')).text()).toBe('Resource echo: Ada L')
    const { content } = await client.callTool('echo_tool', { message: 'مرحبا 👋\n' })
    expect(content).toEqual([{ type: 'text', text: 'Tool echo: مرحبا 👋\n' }])
    const { messages } = await client.getPrompt('echo_prompt', { message: 'hi' })
    expect(messages[0]?.content).toEqual({ type: 'text', text: 'Please process this message: hi' })
  })

  it('knows its road', async () => {
    const { content } = await client.callTool('echo_whoami')
    const [block] = content
    expect(block?.type === 'text' && JSON.parse(block.text)).toMatchObject({ version, transport: 'stdio' })
  })

  it('asks, where the revision has a way to', async () => {
    const outcome = await client.callTool('echo_ask').catch((error: unknown) => error)
    const said = { isError: false, content: [{ type: 'text', text: 'You said: Ahoy!' }] }
    expect(outcome).toMatchObject(version === '2024-11-05' ? { name: 'RpcError', code: -32600 } : said)
  })

  it('says a megabyte back, and half a surrogate pair', async () => {
    for (const message of ['…'.repeat(longestMessage), '\ud83d']) {
      const { content } = await client.callTool('echo_tool', { message })
      expect(content[0]?.type === 'text' && content[0].text === `Tool echo: ${message}`).toBe(true)
    }
  })

  it('refuses more than 4 MiB at a time, and goes on', async () => {
    const error = await rejection(client.callTool('echo_tool', { message: 'x'.repeat(4_194_304) }))
    expect(error).toMatchObject({ name: 'RpcError', message: expect.stringMatching(/4194304/) as string })
    const { content } = await client.callTool('echo_tool', { message: 'still here' })
    expect(content).toEqual([{ type: 'text', text: 'Tool echo: still here' }])
  })

  it('tells what it hides from the caller to stderr', async () => {
    const { content } = await client.callTool('echo_fail', { kind: 'exception' })
    const [block] = content
    const text = block?.type === 'text' ? block.text : ''
    const id = /\((.*)\)/.exec(text)?.[1] ?? 'no id'
    expect(text).not.toContain('Nobody outside')
    await heard(id)
    expect(stderr).toContain(`[${id}] tools/call "echo_fail" failed: Error: Nobody outside may read this.`)
  })

  it('T1: writes nothing but messages to its output', () => {
    expect(stray).toEqual([])
  })
})

it('T6: ends with its input, and has written nothing', async () => {
  const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] })
  let written = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (written += chunk))
  child.stdin.end()
  const [code] = (await once(child, 'close')) as [number]
  expect([code, written]).toEqual([0, ''])
})
