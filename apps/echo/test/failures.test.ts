import { describe, expect, it, vi } from 'vitest'
import { echoClient, rejection, versions } from './echo.ts'

describe.each(versions)('echo_fail, in %s', (version) => {
  it('O7: tells the model what went wrong', async () => {
    const client = await echoClient(version)
    const { isError, content } = await client.callTool('echo_fail', { kind: 'tool_error' })
    expect(isError).toBe(true)
    expect(content).toEqual([{ type: 'text', text: 'This tool failed, as you asked.' }])
  })

  it('answers with an error of the protocol', async () => {
    const client = await echoClient(version)
    expect(await rejection(client.callTool('echo_fail', { kind: 'protocol_error' }))).toMatchObject({
      name: 'RpcError',
      code: 1,
      message: 'This call failed, as you asked.',
      data: { kind: 'protocol_error' },
    })
  })

  it('keeps an exception to itself, but for an id to find it by', async () => {
    const stderr = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const client = await echoClient(version)
    const { isError, content } = await client.callTool('echo_fail', { kind: 'exception' })
    expect(isError).toBe(true)
    const [block] = content
    const [, id] = /^Internal error \(([\da-f-]{36})\)$/.exec(block?.type === 'text' ? block.text : '') ?? []
    expect(id).toBeDefined()
    expect(stderr.mock.calls).toEqual([
      [`[${id}] tools/call "echo_fail" failed:`, expect.objectContaining({ message: 'Nobody outside may read this.' })],
    ])
  })

  it('answers nothing until the client gives up, and then is over too', async () => {
    const client = await echoClient(version)
    vi.useFakeTimers()
    try {
      const outcome = rejection(client.callTool('echo_fail', { kind: 'timeout' }, { timeout: 500 }))
      await vi.advanceTimersByTimeAsync(499)
      expect(vi.getTimerCount()).toBeGreaterThan(0)
      await vi.advanceTimersByTimeAsync(2)
      expect(await outcome).toMatchObject({ name: 'TimeoutError' })
      await vi.advanceTimersByTimeAsync(0)
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
    const { content } = await client.callTool('echo_tool', { message: 'still here' })
    expect(content).toEqual([{ type: 'text', text: 'Tool echo: still here' }])
  })

  it('gives up by itself after a minute', async () => {
    const client = await echoClient(version)
    vi.useFakeTimers()
    try {
      const call = client.callTool('echo_fail', { kind: 'timeout' }, { timeout: Infinity })
      await vi.advanceTimersByTimeAsync(60_000)
      const { isError, content } = await call
      expect(isError).toBe(true)
      expect(content).toEqual([{ type: 'text', text: 'Nobody cancelled within a minute.' }])
    } finally {
      vi.useRealTimers()
    }
  })

  it('knows no fifth way', async () => {
    const client = await echoClient(version)
    const { isError, content } = await client.callTool('echo_fail', { kind: 'silence' })
    expect(isError).toBe(true)
    expect(content).toEqual([{ type: 'text', text: expect.stringMatching(/kind: .*tool_error.*timeout/) as string }])
  })
})
