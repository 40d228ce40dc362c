import { describe, expect, it, vi } from 'vitest'
import { longestMessage, longestShortMessage } from '../src/limits.ts'
import { echoClient, rejection, versions } from './echo.ts'

describe.each(versions)('echo_tool, in %s', (version) => {
  // Structured results came with 2025-06-18, annotations with 2025-03-26.
  const isOld = version === '2024-11-05'

  it('gives its text as a structured result too', async () => {
    const client = await echoClient(version)
    const { structured, isError } = await client.callTool('echo_tool', { message: 'hi' })
    expect(structured).toEqual(isOld ? undefined : { result: 'Tool echo: hi' })
    expect(isError).toBe(false)
  })

  it('says that it is harmless', async () => {
    const client = await echoClient(version)
    const tool = (await client.listTools()).find(({ name }) => name === 'echo_tool')
    expect(tool?.annotations).toEqual(
      isOld ? undefined : { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    )
  })

  it.each([
    ['nothing', ''],
    ['half a surrogate pair', '\ud83d and \udc4b'],
    ['control characters', '\0\u001b[31m\u2028'],
    ['a megabyte', 'x'.repeat(longestMessage)],
    ['a megabyte in three bytes each', '…'.repeat(longestMessage)],
  ])('says %s back unharmed', async (_, message) => {
    const client = await echoClient(version)
    const { content } = await client.callTool('echo_tool', { message })
    expect(content).toHaveLength(1)
    // Compared by hand: a difference of a megabyte is nothing to print.
    expect(content[0]?.type === 'text' && content[0].text === `Tool echo: ${message}`).toBe(true)
  })

  it('refuses what is longer than its limit, and says which argument it was', async () => {
    const client = await echoClient(version)
    const { content, isError } = await client.callTool('echo_tool', { message: 'x'.repeat(longestMessage + 1) })
    expect(isError).toBe(true)
    expect(content).toEqual([{ type: 'text', text: expect.stringMatching(/echo_tool: message: .*1048576/) as string }])
  })

  it('O6: refuses a wrong argument with a result, an unknown tool with -32602', async () => {
    const client = await echoClient(version)
    const { content, isError } = await client.callTool('echo_tool', { message: 42 })
    expect(isError).toBe(true)
    expect(content).toEqual([{ type: 'text', text: expect.stringMatching(/\bmessage\b.*string/) as string }])
    expect(await rejection(client.callTool('echo_nothing'))).toMatchObject({ name: 'RpcError', code: -32602 })
  })
})

describe.each(versions)('echo_many, in %s', (version) => {
  it('reports each repeat, in order, and then gives them all', async () => {
    const client = await echoClient(version)
    const onProgress = vi.fn<(progress: unknown) => void>()
    const { content } = await client.callTool('echo_many', { message: 'hi', times: 3 }, { onProgress })
    expect(content).toEqual([{ type: 'text', text: 'hi\nhi\nhi' }])
    expect(onProgress.mock.calls).toEqual([
      [{ progress: 1, total: 3, message: '1 of 3' }],
      [{ progress: 2, total: 3, message: '2 of 3' }],
      [{ progress: 3, total: 3, message: '3 of 3' }],
    ])
  })

  it('is over as soon as it is cancelled, and what was said so far is gone', async () => {
    const client = await echoClient(version)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const steps: number[] = []
      const stop = new AbortController()
      const reason = new Error('enough')
      const call = client.callTool(
        'echo_many',
        { message: 'hi', times: 100, delay_ms: 1000 },
        { signal: stop.signal, onProgress: ({ progress }) => steps.push(progress) },
      )
      const outcome = rejection(call)
      await vi.advanceTimersByTimeAsync(2500)
      expect(steps).toEqual([1, 2])
      stop.abort(reason)
      expect(await outcome).toBe(reason)
      // Less than one delay has passed, and nothing waits for the rest of it.
      await vi.advanceTimersByTimeAsync(0)
      expect(vi.getTimerCount()).toBe(0)
      await vi.advanceTimersByTimeAsync(100_000)
      expect(steps).toEqual([1, 2])
    } finally {
      vi.useRealTimers()
    }
  })

  it.each([
    [{ message: 'hi', times: 101 }, /times/],
    [{ message: 'hi', times: 0 }, /times/],
    [{ message: 'hi', times: 1, delay_ms: 1001 }, /delay_ms/],
    [{ message: 'x'.repeat(longestShortMessage + 1), times: 1 }, /message/],
  ])('refuses what is out of bounds', async (args, named) => {
    const client = await echoClient(version)
    const { content, isError } = await client.callTool('echo_many', args)
    expect(isError).toBe(true)
    expect(content).toEqual([{ type: 'text', text: expect.stringMatching(named) as string }])
  })
})

describe.each(versions)('echo_whoami, in %s', (version) => {
  it('tells who calls', async () => {
    const client = await echoClient(version, { title: 'Test client' })
    const { content } = await client.callTool('echo_whoami')
    const [block] = content
    expect(block?.type === 'text' && JSON.parse(block.text)).toEqual({
      client: { name: 'test', version: '1.0.0', title: 'Test client' },
      version,
      era: version === '2026-07-28' ? 'modern' : 'legacy',
      transport: 'memory',
      subject: null,
    })
  })
})
