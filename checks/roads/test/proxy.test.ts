import { connect, RpcError } from '@parley/client'
import type { Client, ClientOptions } from '@parley/client'
import { proxy } from '@parley/proxy'
import type { ProxyServer } from '@parley/proxy'
import { Server, ToolError } from '@parley/server'
import { memory } from '@parley/transports/memory'
import { afterEach, describe, expect, it } from 'vitest'

const legacy = ['2025-11-25']
const modern = ['2026-07-28']
const eras = { legacy, modern }

const opened: AsyncDisposable[] = []
const keep = <Opened extends AsyncDisposable>(one: Opened): Opened => {
  opened.push(one)
  return one
}

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one[Symbol.asyncDispose]()
})

const form = { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] } as const

type Behind = { readonly server: Server; readonly runs: string[]; readonly stopped: Promise<unknown> }

const behind = (): Behind => {
  const runs: string[] = []
  const server = keep(new Server({ name: 'behind', version: '3.1.0' }, { instructions: 'Be kind.' }))
  server.tool(
    'add',
    { input: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } } },
    (args) => {
      runs.push('add')
      return Number(args['a']) + Number(args['b'])
    },
  )
  server.tool('fail', {}, () => {
    throw new ToolError('Not today.')
  })
  server.tool('count', {}, async (_, ctx) => {
    for (const step of [1, 2, 3]) await ctx.progress(step, 3, `step ${step}`)
    ctx.log('warning', { counted: 3 }, 'counter')
    return 'counted'
  })
  server.tool('ask', {}, async (_, ctx) => {
    const first = await ctx.elicit({ message: 'First?', schema: form })
    const second = await ctx.elicit({ message: 'Second?', schema: form })
    await ctx.once('work', () => void runs.push('work'))
    return `${first.action} ${first.content?.word} ${second.content?.word}`
  })
  server.tool('think', {}, async (_, ctx) => {
    const { content } = await ctx.sample({
      messages: [{ role: 'user', content: { type: 'text', text: 'Hm?' } }],
      maxTokens: 9,
    })
    return content
  })
  server.tool('where', {}, async (_, ctx) => (await ctx.roots()).map(({ uri }) => uri).join())
  let stop: (reason: unknown) => void = () => undefined
  const stopped = new Promise((resolve) => {
    stop = resolve
  })
  server.tool('hang', {}, (_, ctx) => {
    runs.push('hang')
    return new Promise((_resolve, reject) => {
      ctx.signal.addEventListener('abort', () => {
        stop(ctx.signal.reason)
        reject(ctx.signal.reason)
      })
    })
  })
  server.resource('note://one', () => 'A note.')
  server.resource('greeting://{name}', { complete: { name: () => ['Ada', 'Alan'] } }, ({ name }) => `Hello, ${name}!`)
  server.prompt('review', { args: form }, ({ word }) => `Review ${word}.`)
  return { server, runs, stopped }
}

type Road = { readonly far: string[]; readonly near: string[] }

const through = async (
  { server }: Pick<Behind, 'server'>,
  { far, near }: Road,
  options: Partial<ClientOptions> = {},
): Promise<{ client: Client; between: ProxyServer }> => {
  const between = keep(proxy(memory(server), { client: { versions: far } }))
  const client = keep(await connect(memory(between), { name: 'near', version: '1.0.0', versions: near, ...options }))
  return { client, between }
}

const roads = Object.entries(eras).flatMap(([farEra, far]) =>
  Object.entries(eras).map(([nearEra, near]) => ({ farEra, nearEra, far, near })),
)

describe.each(roads)('a $nearEra caller, a $farEra server behind', (road) => {
  it('says what the server behind says of itself', async () => {
    const { client } = await through(behind(), road)
    expect(client.info).toMatchObject({ name: 'behind', version: '3.1.0' })
    expect(client.instructions).toBe('Be kind.')
    expect(Object.keys(client.capabilities).toSorted()).toEqual([
      'completions',
      'logging',
      'prompts',
      'resources',
      'tools',
    ])
  })

  it('offers its tools, resources, templates, prompts and completions', async () => {
    const { client } = await through(behind(), road)
    const tools = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(['add', 'fail', 'count', 'ask', 'think', 'where', 'hang'])
    expect((await client.callTool('add', { a: 2, b: 3 })).content).toEqual([{ type: 'text', text: '5' }])
    expect((await client.listResources()).map(({ uri }) => uri)).toEqual(['note://one'])
    expect((await client.readResource('note://one')).text()).toBe('A note.')
    expect((await client.readResource('greeting://Ada')).text()).toBe('Hello, Ada!')
    expect((await client.listResourceTemplates()).map(({ uriTemplate }) => uriTemplate)).toEqual(['greeting://{name}'])
    const { messages } = await client.getPrompt('review', { word: 'this' })
    expect(messages).toEqual([{ role: 'user', content: { type: 'text', text: 'Review this.' } }])
    const ref = { type: 'ref/resource', uri: 'greeting://{name}' } as const
    expect((await client.complete(ref, { name: 'name', value: 'A' })).values).toEqual(['Ada', 'Alan'])
  })

  it('passes failures of tools and errors of the protocol on as they are', async () => {
    const { client } = await through(behind(), road)
    expect(await client.callTool('fail')).toMatchObject({ isError: true, content: [{ text: 'Not today.' }] })
    await expect(client.callTool('nobody')).rejects.toMatchObject({ code: -32602 })
    await expect(client.readResource('note://none')).rejects.toMatchObject({ kind: 'resourceNotFound' })
  })

  it('carries progress and log lines to the caller of the call', async () => {
    const lines: unknown[] = []
    const { client } = await through(behind(), road, { logLevel: 'info', onLog: (line) => lines.push(line) })
    const heard: unknown[] = []
    await client.callTool('count', {}, { onProgress: (progress) => heard.push(progress) })
    expect(heard.at(-1)).toEqual({ progress: 3, total: 3, message: 'step 3' })
    expect(lines).toEqual([expect.objectContaining({ level: 'warning', logger: 'counter', data: { counted: 3 } })])
  })

  it('puts questions to the caller and calls nothing twice', async () => {
    const far = behind()
    const asked: string[] = []
    const { client } = await through(far, road, {
      onElicit: ({ message }) => {
        asked.push(message)
        return { action: 'accept', content: { word: `${message.toLowerCase()}!` } }
      },
      onSample: () => ({ role: 'assistant', model: 'none', content: { type: 'text', text: 'Hm.' } }),
      roots: [{ uri: 'file:///here' }],
    })
    expect((await client.callTool('ask')).content).toEqual([{ type: 'text', text: 'accept first?! second?!' }])
    expect(asked).toEqual(['First?', 'Second?'])
    expect(far.runs).toEqual(['work'])
    expect((await client.callTool('think')).content).toEqual([{ type: 'text', text: 'Hm.' }])
    expect((await client.callTool('where')).content).toEqual([{ type: 'text', text: 'file:///here' }])
  })

  it('says to the server behind what its caller cannot be asked', async () => {
    const { client } = await through(behind(), road)
    const outcome = client.callTool('think')
    await expect(outcome).rejects.toBeInstanceOf(RpcError)
  })

  it('cancels behind what is cancelled in front', async () => {
    const far = behind()
    const { client } = await through(far, road)
    const stop = new AbortController()
    const call = client.callTool('hang', {}, { signal: stop.signal })
    await expect.poll(() => far.runs).toEqual(['hang'])
    stop.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    await far.stopped
  })

  it('tells of changes behind: lists, and resources that are subscribed to', async () => {
    const far = behind()
    const { client } = await through(far, road)
    const heard = keep(await client.listen({ toolsListChanged: true, resourceSubscriptions: ['note://one'] }))
    const changes = heard[Symbol.asyncIterator]()
    far.server.resourceUpdated('note://one')
    expect((await changes.next()).value).toEqual({ type: 'resourceUpdated', uri: 'note://one' })
    far.server.tool('late', {}, () => 'late')
    expect((await changes.next()).value).toEqual({ type: 'toolsListChanged' })
    expect((await client.listTools({ cache: false })).map(({ name }) => name)).toContain('late')
  })
})
