import { connect } from '@parley/client'
import { loggingLevels } from '@parley/core'
import type { ElicitResult, LoggingMessageParams } from '@parley/core'
import { memory } from '@parley/transports/memory'
import { describe, expect, it, vi } from 'vitest'
import { createEcho } from '../src/server.ts'
import { echoClient, rejection, versions } from './echo.ts'

describe.each(versions.slice(0, 2))('echo_ask, in %s', (version) => {
  it.each<[ElicitResult, string]>([
    [{ action: 'accept', content: { message: 'Ahoy!' } }, 'You said: Ahoy!'],
    [{ action: 'decline' }, 'You chose to decline.'],
    [{ action: 'cancel' }, 'You chose to cancel.'],
  ])('I8: asks once, and hears $action', async (answer, said) => {
    const onElicit = vi.fn(() => answer)
    const client = await echoClient(version, { onElicit })
    const { content } = await client.callTool('echo_ask')
    expect(content).toEqual([{ type: 'text', text: said }])
    expect(onElicit).toHaveBeenCalledTimes(1)
    expect(onElicit).toHaveBeenCalledWith(
      expect.objectContaining({
        message: 'What shall I say?',
        requestedSchema: {
          type: 'object',
          properties: { message: { type: 'string', minLength: 1, description: 'What to say back' } },
          required: ['message'],
        },
      }),
      expect.objectContaining({ server: expect.objectContaining({ name: 'echo' }) as object }),
    )
  })
})

describe.each(versions)('echo_ask to someone who cannot be asked, in %s', (version) => {
  it('B13: is refused, and says what is missing', async () => {
    const client = await echoClient(version)
    expect(await rejection(client.callTool('echo_ask'))).toMatchObject({
      name: 'RpcError',
      code: version === '2026-07-28' ? -32021 : -32600,
      data: { requiredCapabilities: { elicitation: {} } },
    })
  })
})

it('is refused in the oldest revision, which has no questions', async () => {
  const onElicit = vi.fn(() => ({ action: 'accept' as const, content: { message: 'Ahoy!' } }))
  const client = await echoClient('2024-11-05', { onElicit })
  expect(await rejection(client.callTool('echo_ask'))).toMatchObject({ code: -32600 })
  expect(onElicit).not.toHaveBeenCalled()
})

describe.each(versions)('echo_log, in %s', (version) => {
  const heardBy = async (options: { logLevel?: 'debug' | 'warning' | 'emergency' }) => {
    const lines: LoggingMessageParams[] = []
    const client = await echoClient(version, { ...options, onLog: (line) => lines.push(line) })
    const { content } = await client.callTool('echo_log', { message: 'Ahoy!' })
    const [block] = content
    return { lines, told: block?.type === 'text' ? (JSON.parse(block.text) as unknown) : undefined }
  }

  it.each(['debug', 'warning', 'emergency'] as const)(
    'P6: says %s and worse to whoever asked for that',
    async (level) => {
      const { lines, told } = await heardBy({ logLevel: level })
      const heard = loggingLevels.slice(loggingLevels.indexOf(level))
      expect(lines).toEqual(heard.map((each) => ({ level: each, logger: 'echo', data: 'Ahoy!' })))
      expect(told).toEqual({ threshold: level, heard })
    },
  )

  it('says nothing unasked in the modern era, and from info up in the legacy one', async () => {
    const { lines, told } = await heardBy({})
    const heard = version === '2026-07-28' ? [] : loggingLevels.slice(1)
    expect(lines.map(({ level }) => level)).toEqual(heard)
    expect(told).toEqual({ threshold: version === '2026-07-28' ? null : 'info', heard })
  })
})

it('tells one client nothing of what another one hears', async () => {
  const server = createEcho()
  const lines: unknown[] = []
  const [loud, quiet] = await Promise.all([
    connect(memory(server), { name: 'loud', version: '1.0.0', logLevel: 'debug' }),
    connect(memory(server), { name: 'quiet', version: '1.0.0', onLog: (line) => lines.push(line) }),
  ])
  await loud.callTool('echo_log', { message: 'Ahoy!' })
  await quiet.callTool('echo_tool', { message: 'hi' })
  expect(lines).toEqual([])
  await Promise.all([loud.close(), quiet.close(), server.close()])
})
