import { connect } from '@parley/client'
import type { Client, ClientOptions } from '@parley/client'
import { http } from '@parley/transports/http/client'
import type { HttpClientOptions } from '@parley/transports/http/client'
import { describe, expect, it, onTestFinished } from 'vitest'

/** What a test of one era knows. */
type Visit = {
  readonly version: string
  readonly modern: boolean
  open(options?: Partial<ClientOptions>, road?: HttpClientOptions): Promise<Client>
}

const onElicit = () => ({ action: 'accept' as const, content: { message: 'Ahoy!' } })
const text = (said: string) => [{ type: 'text', text: said }]

const answers = ({ open, version, modern }: Visit): void => {
  it('called, and lists', async () => {
    const client = await open()
    expect((await client.listTools()).map(({ name }) => name)).toContain('echo_many')
    expect((await client.callTool('echo_tool', { message: 'مرحبا 👋\n' })).content).toEqual(
      text('Tool echo: مرحبا 👋\n'),
    )
    expect((await client.readResource('echo://Ada%20L')).text()).toBe('Resource echo: Ada L')
    // Where there was no structured content, the text is all there is.
    const [who] = (await client.callTool('echo_whoami')).content
    const known: unknown = who?.type === 'text' ? JSON.parse(who.text) : undefined
    expect(known).toMatchObject({ version, era: modern ? 'modern' : 'legacy', transport: 'http' })
  })

  it('refused, and says why', async () => {
    const client = await open()
    await expect(client.callTool('echo_fail', { kind: 'protocol_error' })).rejects.toMatchObject({
      code: 1,
      data: { kind: 'protocol_error' },
    })
    await expect(client.callTool('nothing')).rejects.toMatchObject({ name: 'RpcError', code: -32602 })
    expect(await client.callTool('echo_fail', { kind: 'tool_error' })).toMatchObject({
      isError: true,
      content: text('This tool failed, as you asked.'),
    })
  })

  it('sent a message of 1 MiB, and says it back', async () => {
    const client = await open()
    const message = '👋'.repeat(524_288)
    const { content } = await client.callTool('echo_tool', { message })
    // Compared as a whole: a difference of such a size is nothing to print.
    expect(content[0]?.type === 'text' && content[0].text === `Tool echo: ${message}`).toBe(true)
  })
}

const reports = ({ open }: Visit): void => {
  it('heard while it works', async () => {
    const client = await open()
    const heard: number[] = []
    const onProgress = ({ progress }: { progress: number }): void => void heard.push(progress)
    const { content } = await client.callTool('echo_many', { message: 'hi', times: 3, delay_ms: 5 }, { onProgress })
    expect([content, heard]).toEqual([text('hi\nhi\nhi'), [1, 2, 3]])
  })
}

const asks = ({ open }: Visit): void => {
  it('answered what it asks', async () => {
    const client = await open({ onElicit })
    expect((await client.callTool('echo_ask')).content).toEqual(text('You said: Ahoy!'))
  })
}

const cannotAsk = ({ open }: Visit): void => {
  it('told that it cannot ask', async () => {
    const client = await open({ onElicit })
    await expect(client.callTool('echo_ask')).rejects.toMatchObject({ name: 'RpcError', code: -32600 })
  })
}

const cancels = ({ open }: Visit): void => {
  it('cancelled, before and after it has said something', async () => {
    const client = await open()
    for (const speaks of [true, false]) {
      const stop = new AbortController()
      const onProgress = (): void => stop.abort(new Error('enough'))
      const call = client.callTool('wait', {}, { signal: stop.signal, ...(speaks ? { onProgress } : {}) })
      if (!speaks) client.callTool('until_waiting').then(onProgress, onProgress)
      await expect(call).rejects.toThrow('enough')
      expect((await client.callTool('until_cancelled')).content).toEqual(text('cancelled'))
    }
  })
}

const tells = ({ open }: Visit): void => {
  it('listened to by two at once, who hear of a change', async () => {
    const [one, two, third] = await Promise.all([open(), open(), open()])
    const listening = await Promise.all(
      [one, two].map((each) => each.listen({ resourceSubscriptions: ['echo:recent'] })),
    )
    await third.callTool('echo_tool', { message: 'new' })
    for (const subscription of listening) {
      for await (const change of subscription) {
        expect(change).toEqual({ type: 'resourceUpdated', uri: 'echo:recent' })
        break
      }
    }
  })
}

const resumes = ({ open }: Visit): void => {
  it('gone on with where a stream broke', async () => {
    const heard: number[] = []
    const resumed: (string | null)[] = []
    const cut = new AbortController()
    const cuttable = (url: string | URL, init: RequestInit = {}): Promise<Response> => {
      const lastEventId = new Headers(init.headers).get('last-event-id')
      if (lastEventId !== null) resumed.push(lastEventId)
      if (init.method !== 'POST' || cut.signal.aborted) return fetch(url, init)
      return fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, cut.signal]) : cut.signal })
    }
    const client = await open({}, { fetch: cuttable })
    const onProgress = ({ progress }: { progress: number }): void => {
      heard.push(progress)
      cut.abort(new TypeError('The wire was cut'))
    }
    const { content } = await client.callTool('echo_many', { message: 'hi', times: 4, delay_ms: 50 }, { onProgress })
    expect([content, heard]).toEqual([text('hi\nhi\nhi\nhi'), [1, 2, 3, 4]])
    expect(resumed).toEqual([expect.any(String)])
  })
}

/** Visits a served echo in one revision. */
export const visitInEra = (url: () => string, version: string, sessions: boolean): void => {
  const modern = version >= '2026'
  const open: Visit['open'] = async (options, road) => {
    const client = await connect(http(url(), road), {
      name: 'visitor',
      version: '1.0.0',
      versions: [version],
      ...options,
    })
    onTestFinished(() => client.close())
    return client
  }
  const visit = { version, modern, open }
  describe(`in ${version}`, () => {
    answers(visit)
    reports(visit)
    if (modern || sessions) {
      asks(visit)
      cancels(visit)
      tells(visit)
    } else cannotAsk(visit)
    if (version === '2025-11-25' && sessions) resumes(visit)
  })
}
