import { gunzipSync } from 'node:zlib'
import { UrlElicitationRequired } from '@parley/client'
import { expect } from 'vitest'
import type { Cell } from './matrix.ts'
import { patience } from './npm-server.ts'
import type { Meet } from './npm-server.ts'
import { errorOf } from './meeting.ts'

/** What it says of itself. */
export const everything = {
  info: { name: 'mcp-servers/everything', title: 'Everything Reference Server', version: '2.0.0' },
  capabilities: {
    completions: {},
    logging: {},
    prompts: { listChanged: true },
    resources: { listChanged: true, subscribe: true },
    tasks: { cancel: {}, list: {}, requests: { tools: { call: {} } } },
    tools: { listChanged: true },
  },
}

const texts = (content: readonly { type: string }[]): string[] =>
  content.flatMap((block) => ('text' in block && typeof block.text === 'string' ? [block.text] : []))

const tools = (cell: Cell, meet: Meet): void => {
  cell('tools: list', async () => {
    // Some of them are offered once the handshake is over, so the list is asked for until it is whole.
    await expect
      .poll(async () => (await meet().client.listTools()).map((tool) => tool.name), patience)
      .toEqual([
        'echo',
        'get-annotated-message',
        'get-env',
        'get-resource-links',
        'get-resource-reference',
        'get-structured-content',
        'get-sum',
        'get-tiny-image',
        'gzip-file-as-resource',
        'toggle-simulated-logging',
        'toggle-subscriber-updates',
        'trigger-long-running-operation',
        'get-roots-list',
        'trigger-elicitation-request',
        'trigger-url-elicitation',
        'trigger-sampling-request',
        'simulate-research-query',
      ])
  })
  cell('tools: results', async () => {
    const { client } = meet()
    expect((await client.callTool('echo', { message: 'Ahoy 👋' })).content).toEqual([
      { type: 'text', text: 'Echo: Ahoy 👋' },
    ])
    const sum = await client.callTool('get-sum', { a: 2, b: 40 })
    expect(sum.content).toEqual([{ type: 'text', text: 'The sum of 2 and 40 is 42.' }])
    const weather = await client.callTool('get-structured-content', { location: 'Chicago' })
    expect(weather.structured).toEqual({ temperature: 36, conditions: 'Light rain / drizzle', humidity: 82 })
  })
  cell('tools: every kind of content', async () => {
    const { client } = meet()
    const { content } = await client.callTool('get-annotated-message', { messageType: 'error', includeImage: true })
    const annotations = { priority: 1, audience: ['user', 'assistant'] }
    expect(content[0]).toEqual({ type: 'text', text: 'Error: Operation failed', annotations })
    expect(content[1]).toMatchObject({ type: 'image', mimeType: 'image/png', annotations: { audience: ['user'] } })
    const links = (await client.callTool('get-resource-links', { count: 2 })).content.slice(1)
    expect(links).toMatchObject([
      { type: 'resource_link', uri: 'demo://resource/dynamic/blob/1', name: 'Blob Resource 1' },
      { type: 'resource_link', uri: 'demo://resource/dynamic/text/2', name: 'Text Resource 2' },
    ])
    const embedded = await client.callTool('get-resource-reference', { resourceType: 'Text', resourceId: 7 })
    expect(embedded.content[1]).toMatchObject({
      type: 'resource',
      resource: { uri: 'demo://resource/dynamic/text/7', mimeType: 'text/plain' },
    })
  })
  cell('tools: failures', async () => {
    const wrong = await meet().client.callTool('get-sum', { a: 'two', b: 1 })
    expect(wrong.isError).toBe(true)
    expect(texts(wrong.content)[0]).toContain('Input validation error: Invalid arguments for tool get-sum')
  })
  cell('progress', async () => {
    const heard: unknown[] = []
    const onProgress = (progress: unknown): void => void heard.push(progress)
    const args = { duration: 0.09, steps: 3 }
    const done = await meet().client.callTool('trigger-long-running-operation', args, { onProgress })
    expect(texts(done.content)).toEqual(['Long running operation completed. Duration: 0.09 seconds, Steps: 3.'])
    expect(heard).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3 })))
  })
  cell('cancellation', async () => {
    const { client } = meet()
    const stop = new AbortController()
    const args = { duration: 0.4, steps: 20 }
    const reason = new DOMException('Enough', 'AbortError')
    const onProgress = (): void => stop.abort(reason)
    const call = client.callTool('trigger-long-running-operation', args, { onProgress, signal: stop.signal })
    await expect(call).rejects.toBe(reason)
    expect(await client.ping()).toBeUndefined()
  })
}

const resources = (cell: Cell, meet: Meet): void => {
  cell('resources', async () => {
    const { client } = meet()
    const listed = await client.listResources()
    expect(listed.map((resource) => resource.name)).toEqual([
      'architecture.md',
      'extension.md',
      'features.md',
      'how-it-works.md',
      'instructions.md',
      'startup.md',
      'structure.md',
    ])
    const read = await client.readResource('demo://resource/static/document/instructions.md')
    expect(read.contents).toMatchObject([{ mimeType: 'text/markdown' }])
    expect(read.text()).toBe(client.instructions)
  })
  cell('resources: templates', async () => {
    const { client } = meet()
    const templates = (await client.listResourceTemplates()).map((template) => template.uriTemplate)
    expect(templates).toEqual([
      'demo://resource/dynamic/text/{resourceId}',
      'demo://resource/dynamic/blob/{resourceId}',
    ])
    const read = await client.readResource('demo://resource/dynamic/text/7')
    expect(read.text()).toMatch(/^Resource 7: This is a plaintext resource created at /)
    const [blob] = (await client.readResource('demo://resource/dynamic/blob/8')).contents
    const decoded = Buffer.from(blob !== undefined && 'blob' in blob ? blob.blob : '', 'base64').toString()
    expect(decoded).toMatch(/^Resource 8: This is a base64 blob created at /)
  })
  cell('resources: not found', async () => {
    const { code, message } = await errorOf(meet().client.readResource('demo://nowhere'))
    expect({ code, message }).toEqual({ code: -32602, message: 'Resource demo://nowhere not found' })
  })
  cell('list changed', async () => {
    const { client } = meet()
    const subscription = await client.listen({ resourcesListChanged: true })
    const changes = subscription[Symbol.asyncIterator]()
    const args = { name: 'ahoy.gz', data: 'data:text/plain,Ahoy', outputType: 'resourceLink' }
    const { content } = await client.callTool('gzip-file-as-resource', args)
    const uri = 'demo://resource/session/ahoy.gz'
    expect(content).toEqual([{ type: 'resource_link', uri, name: 'ahoy.gz', mimeType: 'application/gzip' }])
    expect(await changes.next()).toEqual({ done: false, value: { type: 'resourcesListChanged' } })
    await subscription.close()
    expect((await client.listResources()).map((resource) => resource.uri)).toContain(uri)
    const [zipped] = (await client.readResource(uri)).contents
    const bytes = Buffer.from(zipped !== undefined && 'blob' in zipped ? zipped.blob : '', 'base64')
    expect(gunzipSync(bytes).toString()).toBe('Ahoy')
  })
  cell('subscription to a resource', async () => {
    const { client } = meet()
    const uri = 'demo://resource/dynamic/text/1'
    const subscription = await client.listen({ resourceSubscriptions: [uri] })
    const changes = subscription[Symbol.asyncIterator]()
    await client.callTool('toggle-subscriber-updates')
    expect(await changes.next()).toEqual({ done: false, value: { type: 'resourceUpdated', uri } })
    await client.callTool('toggle-subscriber-updates')
    await subscription.close()
  })
}

const prompts = (cell: Cell, meet: Meet): void => {
  cell('prompts', async () => {
    const { client } = meet()
    const listed = (await client.listPrompts()).map((prompt) => prompt.name)
    expect(listed).toEqual(['simple-prompt', 'args-prompt', 'completable-prompt', 'resource-prompt'])
    const { messages } = await client.getPrompt('args-prompt', { city: 'Paris', state: 'Texas' })
    expect(messages).toEqual([{ role: 'user', content: { type: 'text', text: "What's weather in Paris, Texas?" } }])
    const embedding = await client.getPrompt('resource-prompt', { resourceType: 'Text', resourceId: '3' })
    expect(embedding.messages[1]).toMatchObject({
      role: 'user',
      content: { type: 'resource', resource: { uri: 'demo://resource/dynamic/text/3' } },
    })
  })
  cell('completion', async () => {
    const { client } = meet()
    const ref = { type: 'ref/prompt', name: 'completable-prompt' } as const
    const departments = await client.complete(ref, { name: 'department', value: 'S' })
    expect(departments).toEqual({ values: ['Sales', 'Support'], total: 2, hasMore: false })
    const names = await client.complete(ref, { name: 'name', value: 'E' }, { department: 'Sales' })
    expect(names.values).toEqual(['Eve'])
  })
}

const questions = (cell: Cell, meet: Meet): void => {
  const answered = async (action: 'accept' | 'decline' | 'cancel'): Promise<string[]> => {
    const { client, persona } = meet()
    persona.content = { name: 'Ada', check: true, integer: 7, titledMultipleSelectEnum: ['fish-1', 'fish-3'] }
    persona.action = action
    const { content } = await client.callTool('trigger-elicitation-request')
    persona.action = 'accept'
    return texts(content)
  }
  cell('elicitation: form', async () => {
    const [first, inputs, raw] = await answered('accept')
    expect(first).toBe('✅ User provided the requested information!')
    expect(inputs).toBe('User inputs:\n- Name: Ada\n- Agreed to terms: true\n- Favorite Integer: 7')
    expect(raw).toContain('"fish-3"')
    expect(Object.keys(meet().persona.forms.at(-1)?.requestedSchema.properties ?? {})).toHaveLength(13)
  })
  cell('elicitation: decline and cancel', async () => {
    expect((await answered('decline'))[0]).toBe('❌ User declined to provide the requested information.')
    expect((await answered('cancel'))[0]).toBe('⚠️ User cancelled the elicitation dialog.')
  })
  cell('elicitation: URL', async () => {
    const { client, persona } = meet()
    const args = { url: 'https://example.com/consent', message: 'Please', elicitationId: 'visit-1' }
    const { content } = await client.callTool('trigger-url-elicitation', args)
    expect(texts(content)[0]).toContain('User completed the URL elicitation flow.\nElicitation ID: visit-1')
    expect(persona.visits.at(-1)).toMatchObject({ mode: 'url', ...args })
    const required: unknown = await client
      .callTool('trigger-url-elicitation', { ...args, errorPath: true })
      .catch((error: unknown) => error)
    expect(required).toBeInstanceOf(UrlElicitationRequired)
    const url = 'https://modelcontextprotocol.io'
    expect(required instanceof UrlElicitationRequired ? required.elicitations : []).toMatchObject([
      { mode: 'url', url },
    ])
  })
  cell('sampling', async () => {
    const { client, persona } = meet()
    const { content } = await client.callTool('trigger-sampling-request', { prompt: 'Ahoy', maxTokens: 9 })
    const [said = ''] = texts(content)
    expect(JSON.parse(said.slice(said.indexOf('{')))).toMatchObject({
      model: 'parrot-1',
      content: { type: 'text', text: 'Resource trigger-sampling-request context: Ahoy!' },
    })
    expect(persona.samples.at(-1)).toMatchObject({ maxTokens: 9, temperature: 0.7 })
  })
  cell('roots', async () => {
    const { client, persona } = meet()
    const said = async (): Promise<string> => texts((await client.callTool('get-roots-list')).content).join('')
    expect(await said()).toContain('1. tour\n   URI: file:///srv/tour\n\n2. Unnamed Root\n   URI: file:///srv/other')
    persona.roots = [{ uri: 'file:///srv/new', name: 'new' }]
    await client.setRoots(() => persona.roots)
    await expect.poll(said, patience).toContain('Current MCP Roots (1 total):\n\n1. new\n   URI: file:///srv/new')
  })
}

const rest = (cell: Cell, meet: Meet): void => {
  cell('logging', async () => {
    const { client, persona } = meet()
    const uri = 'demo://resource/dynamic/text/2'
    const told = (): unknown[] =>
      persona.logs
        .filter(({ data }) => String(data).startsWith(`Received Subscribe Resource request for URI: ${uri} `))
        .map(({ level }) => level)
    await client.setLogLevel('warning')
    await (await client.listen({ resourceSubscriptions: [uri] })).close()
    expect(told()).toEqual([])
    await client.setLogLevel('info')
    await (await client.listen({ resourceSubscriptions: [uri] })).close()
    // Over HTTP it comes by a stream of its own.
    await expect.poll(told, patience).toEqual(['info'])
  })
  cell('tools that run as tasks', async () => {
    const { content, isError } = await meet().client.callTool('simulate-research-query', { topic: 'parrots' })
    expect(isError).toBe(true)
    return { words: texts(content).join('') }
  })
}

/** Takes our client through everything that it offers, one cell per feature. */
export const takeEverything = (cell: Cell, meet: Meet): void => {
  tools(cell, meet)
  resources(cell, meet)
  prompts(cell, meet)
  questions(cell, meet)
  rest(cell, meet)
}
