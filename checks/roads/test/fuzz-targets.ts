import type { JsonObject } from '@parley/core'
import { metaKeys, revisions } from '@parley/protocol'
import { text } from '@parley/server'
import type { Server } from '@parley/server'

/** What the targets throw on purpose. */
export const boom: Error = new Error('boom')

const string = { type: 'string' } as const
const form = { type: 'object', properties: { sure: { type: 'boolean' } }, required: ['sure'] } as const

/** Gives a server one of everything, so that every method leads somewhere. */
export const addTargets = (server: Server): Server => {
  server.tool(
    'echo',
    { input: { type: 'object', properties: { text: string }, required: ['text'] } as const },
    (args) => args.text,
  )
  server.tool('any', { input: { type: 'object' } }, (args) => args)
  server.tool('ask', async (_, ctx) => (await ctx.elicit({ message: 'Sure?', schema: form }, { key: 'sure' })).action)
  server.tool('twice', async (_, ctx) => {
    const first = await ctx.once('first', () => 1)
    const { action } = await ctx.elicit({ message: 'One?', schema: form })
    return text(`${first} ${action} ${(await ctx.elicit({ message: 'Two?', schema: form })).action}`)
  })
  server.tool('sample', async (_, ctx) => {
    const messages = [{ role: 'user', content: text('Say.') } as const]
    return (await ctx.sample({ messages, maxTokens: 1 }, { key: 'sample' })).model
  })
  server.tool('work', async (_, ctx) => {
    for (let step = 1; step < 4; step += 1) await ctx.progress(step)
    ctx.log.error({ dust: true })
  })
  server.tool('boom', () => Promise.reject(boom))
  server.resource('note://one', () => 'One.')
  server.resource('shelf://{room}/{+path}{?tag*}', { complete: { room: (value) => [value] } }, (variables) => variables)
  server.prompt(
    'greet',
    { args: { type: 'object', properties: { who: { enum: ['a', 'b'] } } } as const },
    ({ who }) => `${who}`,
  )
  return server
}

const calls: [method: string, params: JsonObject][] = [
  ['tools/list', {}],
  ['tools/list', { cursor: 'dG9vbHM6MTow' }],
  ['tools/call', { name: 'echo', arguments: { text: 'x' } }],
  ['tools/call', { name: 'any', arguments: { a: [1, { b: 'c' }] } }],
  ['tools/call', { name: 'work', arguments: {}, _meta: { progressToken: 7 } }],
  ['tools/call', { name: 'ask' }],
  ['tools/call', { name: 'twice' }],
  ['tools/call', { name: 'sample' }],
  ['tools/call', { name: 'boom' }],
  ['prompts/list', {}],
  ['prompts/get', { name: 'greet', arguments: { who: 'a' } }],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ['resources/read', { uri: 'note://one' }],
  ['resources/read', { uri: 'shelf://a/b/c?tag=1&tag=2' }],
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: '' } }],
  [
    'completion/complete',
    {
      ref: { type: 'ref/resource', uri: 'shelf://{room}/{+path}{?tag*}' },
      argument: { name: 'room', value: 'x' },
      context: { arguments: { path: 'y' } },
    },
  ],
]

const legacyCalls: [method: string, params: JsonObject][] = [
  ['ping', {}],
  ['logging/setLevel', { level: 'debug' }],
  ['resources/subscribe', { uri: 'note://one' }],
  ['resources/unsubscribe', { uri: 'note://one' }],
]

const modernCalls = (state: string): [method: string, params: JsonObject][] => {
  const answers = { sure: { action: 'accept', content: { sure: true } } }
  const model = { sample: { role: 'assistant', model: 'm', content: { type: 'text', text: 'x' } } }
  const requestState = state === '' ? undefined : state
  return [
    ['server/discover', {}],
    ['subscriptions/listen', { notifications: { toolsListChanged: true, resourceSubscriptions: ['note://one'] } }],
    ['tools/call', { name: 'ask', inputResponses: answers }],
    ['tools/call', { name: 'sample', inputResponses: model }],
    ['tools/call', { name: 'twice', requestState, inputResponses: answers }],
    ['resources/read', { uri: 'note://one', requestState }],
  ]
}

const notifications: [method: string, params: JsonObject][] = [
  ['notifications/initialized', {}],
  ['notifications/cancelled', { requestId: 'nobody', reason: 'why not' }],
  ['notifications/progress', { progressToken: 1, progress: 1 }],
  ['notifications/roots/list_changed', {}],
  ['notifications/unheard-of', { a: 1 }],
]

/** A message of every kind that a client of this version may send. `state` is one that the server sealed before. */
export const messagesFor = (version: string, id: unknown, state: string): JsonObject[] => {
  const modern = revisions.some((each) => each.version === version && each.era === 'modern')
  const envelope = {
    [metaKeys.protocolVersion]: version,
    [metaKeys.clientInfo]: { name: 'fuzz', version: '1' },
    [metaKeys.clientCapabilities]: { elicitation: { form: {} }, sampling: {}, roots: {} },
    [metaKeys.logLevel]: 'debug',
  }
  const wrapped = (params: JsonObject): JsonObject =>
    modern ? { ...params, _meta: { ...envelope, ...(params['_meta'] as JsonObject | undefined) } } : params
  const requests = [...calls, ...(modern ? modernCalls(state) : legacyCalls)]
  return [
    ...requests.map(([method, params]) => ({ id, method, params: wrapped(params) })),
    ...notifications.map(([method, params]) => ({ method, params })),
    { id, result: {} },
    { id, error: { code: -32000, message: 'no', data: {} } },
  ]
}
