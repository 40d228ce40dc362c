import { RpcError, ToolError } from '@parley/core'
import { InputRequired, metaKeys } from '@parley/protocol'
import type { Responder } from '@parley/protocol'
import { Server, link as rlink } from '@parley/server'
import { connect } from '@parley/client'
import { memory, pair } from '@parley/transports/memory'
import { z } from 'zod'
import { test } from 'vitest'

const env = (caps: object = {}, more: object = {}) => ({ _meta: { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: caps, ...more } })
const raw = async (server: Server, answer: (m: string, p: any) => any = () => ({})) => {
  const heard: any[] = []
  const responder: Responder = {
    respond: async (ex) => ({ kind: 'result', id: ex.request.id, result: (heard.push(['REQ', ex.request.method, JSON.stringify(ex.request.params)]), answer(ex.request.method, ex.request.params)) }),
    hear: (n) => void heard.push([n.method, JSON.stringify(n.params)]),
  }
  const link = await memory(server)(responder)
  return { link, heard }
}
const legacy = async (server: Server, v: string, caps: object = {}, answer?: any) => {
  const r = await raw(server, answer)
  const init = await r.link.request('initialize', { protocolVersion: v, capabilities: caps, clientInfo: { name: 'c', version: '1' } })
  await r.link.notify('notifications/initialized')
  return { ...r, init }
}
const show = (l: string, x: unknown) => console.log('##', l, typeof x === 'string' ? x : JSON.stringify(x))
const err = (p: Promise<unknown>) => p.then((x) => x, (e) => ({ ERR: e.name, code: e.code, m: e.message, data: e.data }))
const tick = () => new Promise((r) => setTimeout(r, 20))

test('S1 logging false', async () => {
  const s = new Server({ name: 's', version: '1' }, { logging: false })
  s.tool('t', (_, ctx) => { ctx.log.error('x'); return 'a' })
  const { link, heard, init } = await legacy(s, '2025-11-25')
  await link.request('tools/call', { name: 't' })
  show('S1 legacy', { init, heard })
  const m = await raw(s)
  await m.link.request('tools/call', { name: 't', ...env({}, { [metaKeys.logLevel]: 'debug' }) })
  show('S1 modern', m.heard)
})
test('S7 features merging extensions', async () => {
  const s = new Server({ name: 's', version: '1' }, { capabilities: { extensions: { 'a.b/own': {} }, } })
  s.use({ capabilities: () => ({ extensions: { 'a.b/one': {} } }), methods: new Map() })
  s.use({ capabilities: () => ({ extensions: { 'a.b/two': {} } }), methods: new Map() })
  show('S7', s.capabilities)
})
test('S8 handle alone', async () => {
  const s = new Server({ name: 's', version: '1' })
  s.handle('tools/list', () => ({ tools: [] }))
  show('S8', s.capabilities)
})
test('S13 initialized without initialize', async () => {
  const s = new Server({ name: 's', version: '1' })
  const r = await raw(s)
  await r.link.notify('notifications/initialized')
  await tick()
  s.tool('t', () => 'x')
  await tick()
  show('S13', r.heard)
})
test('S9 capability negotiated', async () => {
  const s = new Server({ name: 's', version: '1' })
  const r = await legacy(s, '2025-11-25')
  s.tool('t', () => 'x')
  await tick()
  show('S9', { init: r.init, heard: r.heard })
})
test('S19 hints', async () => {
  const s = new Server({ name: 's', version: '1' }, { listHints: { ttlMs: -1.5 } })
  s.tool('t', () => 'x')
  s.resource('a:b', { ttlMs: Infinity }, () => 'x')
  const r = await raw(s)
  show('S19', [await r.link.request('tools/list', env()), await r.link.request('resources/read', { uri: 'a:b', ...env() })])
})
test('S27 icons in resource_link 25b', async () => {
  const s = new Server({ name: 's', version: '1' })
  s.tool('t', () => [rlink({ uri: 'a:b', icons: [{ src: 'https://x/y' }] })])
  s.prompt('p', { args: { q: z.string().meta({ title: 'Q' }) } }, () => 'x')
  const r = await legacy(s, '2025-06-18')
  show('S27', await r.link.request('tools/call', { name: 't' }))
  const r2 = await legacy(s, '2025-03-26')
  show('S27b', await r2.link.request('prompts/list', {}))
})
test('forms 25b', async () => {
  const s = new Server({ name: 's', version: '1' })
  s.tool('t', async (_, ctx) => {
    const a = await ctx.elicit({ message: 'm', schema: { type: 'object', properties: { c: { type: 'string', oneOf: [{ const: 'a', title: 'A' }], default: 'a' }, l: { type: 'array', items: { type: 'string', enum: ['x'] } } } } as const })
    return JSON.stringify(a)
  })
  const r = await legacy(s, '2025-06-18', { elicitation: {} }, () => ({ action: 'accept', content: { c: 'zzz' } }))
  show('forms25b', [await err(r.link.request('tools/call', { name: 't' })), r.heard])
})
test('zod forms', async () => {
  const s = new Server({ name: 's', version: '1' })
  const shapes: Record<string, any> = {
    email: z.email(), url: z.url(), dt: z.iso.datetime(), date: z.iso.date(), int: z.int(), pos: z.number().positive(), en: z.enum(['a', 'b']), lit: z.literal('a'), lits: z.union([z.literal('a'), z.literal('b')]), multi: z.array(z.enum(['a'])).max(1), opt: z.string().optional(), def: z.string().default('d'), nul: z.string().nullable(), uuid: z.uuid(), numEnum: z.literal([1, 2]), desc: z.string().min(2).describe('D').meta({ title: 'T' }), strs: z.array(z.string()), boolDef: z.boolean().default(true),
    titled: z.string().meta({ oneOf: [{ const: 'a', title: 'A' }] }),
  }
  for (const [k, v] of Object.entries(shapes)) {
    s.tool(k, async (_, ctx) => { await ctx.elicit({ message: 'm', schema: z.object({ [k]: v }) }); return 'x' })
    const r = await raw(s)
    show('zod ' + k, await err(r.link.request('tools/call', { name: k, ...env({ elicitation: {} }) })))
    await r.link[Symbol.asyncDispose]()
  }
}, 20000)
test('url ids', async () => {
  const s = new Server({ name: 's', version: '1' })
  s.tool('t', async (_, ctx) => { await ctx.elicit({ message: 'm', url: 'https://x/', elicitationId: 'E1' }); return 'x' })
  s.tool('bad', async (_, ctx) => { await ctx.elicit({ message: 'm', url: 'nonsense' }); return 'x' })
  s.tool('throws', async () => { throw new RpcError(-32042, 'go', { elicitations: [] }) })
  const r = await raw(s)
  show('url modern', await err(r.link.request('tools/call', { name: 't', ...env({ elicitation: { url: {} } }) })))
  show('url bad', await err(r.link.request('tools/call', { name: 'bad', ...env({ elicitation: { url: {} } }) })))
  show('throws modern', await err(r.link.request('tools/call', { name: 'throws', ...env({ elicitation: { url: {} } }) })))
  const l = await legacy(s, '2025-06-18', { elicitation: {} })
  show('throws 25b', await err(l.link.request('tools/call', { name: 'throws' })))
  show('url 25b', await err(l.link.request('tools/call', { name: 't' })))
})
test('live answer that does not fit', async () => {
  const s = new Server({ name: 's', version: '1' }, { onError: () => {} })
  s.tool('t', async (_, ctx) => JSON.stringify(await ctx.elicit({ message: 'm', schema: z.object({ n: z.number() }) })))
  s.tool('empty', async (_, ctx) => JSON.stringify(await ctx.elicit({ message: 'm', schema: z.object({ n: z.number().optional() }) })))
  let n = 0
  const l = await legacy(s, '2025-11-25', { elicitation: {} }, () => (n++ === 0 ? { action: 'accept', content: { n: 'x' } } : { action: 'accept', content: { n: 1 } }))
  show('live misfit', [await err(l.link.request('tools/call', { name: 't' })), l.heard.length])
  const l2 = await legacy(s, '2025-11-25', { elicitation: {} }, () => ({ action: 'accept' }))
  show('live no content', [await err(l2.link.request('tools/call', { name: 'empty' })), l2.heard.length])
})
test('includeContext', async () => {
  const s = new Server({ name: 's', version: '1' })
  s.tool('t', async (_, ctx) => JSON.stringify(await ctx.sample({ messages: [{ role: 'user', content: { type: 'text', text: 'x' } }], maxTokens: 5, includeContext: 'allServers' })))
  const r = await raw(s)
  show('includeContext', await err(r.link.request('tools/call', { name: 't', ...env({ sampling: {} }) })))
})
test('progress over reruns in legacy', async () => {
  const s = new Server({ name: 's', version: '1' })
  s.tool('t', async (_, ctx) => {
    await ctx.progress(1, 3)
    await ctx.progress(2, 3)
    if (ctx.call.input.answers.size === 0) return new InputRequired({ requests: { a: { method: 'roots/list' } } })
    return 'done'
  })
  const l = await legacy(s, '2025-11-25', { roots: {} }, () => ({ roots: [] }))
  await l.link.request('tools/call', { name: 't', _meta: { progressToken: 7 } })
  show('progress rerun', l.heard)
})
test('after close', async () => {
  const s = new Server({ name: 's', version: '1' }, { lifespan: () => ({ value: { open: true }, close() { console.log('closed') } }) })
  s.tool('t', (_, ctx) => JSON.stringify(ctx.lifespan))
  const r = await raw(s as any)
  await r.link.request('tools/call', { name: 't', ...env() })
  await s.close()
  show('after close', await err(r.link.request('tools/call', { name: 't', ...env() })))
  const s2 = new Server({ name: 's', version: '1' })
  s2.tool('t', () => 'x')
  await s2.close()
  const r2 = await raw(s2)
  show('after close 2', await err(r2.link.request('tools/call', { name: 't', ...env() })))
})
test('custom ttlMs', async () => {
  const s = new Server({ name: 's', version: '1' })
  s.handle('acme/x', () => ({ ttlMs: 5, resultType: 'weird', cacheScope: 'public' }))
  const r = await legacy(s, '2025-11-25')
  show('custom ttl', await r.link.request('acme/x', {}))
})
test('middleware & readResource', async () => {
  const s = new Server({ name: 's', version: '1' })
  s.use((call, next) => { if (call.method === 'resources/read') throw new RpcError(-1, 'denied'); return next(call) })
  s.resource('a:b', () => 'secret')
  s.tool('t', async (_, ctx) => (await ctx.readResource('a:b')).text())
  const r = await raw(s)
  show('mw', await err(r.link.request('tools/call', { name: 't', ...env() })))
})
test('tasks capability modern', async () => {
  const s = new Server({ name: 's', version: '1' }, { capabilities: { tasks: {} } })
  const r = await raw(s)
  show('tasks', await r.link.request('server/discover', env()))
  const l = await legacy(s, '2024-11-05')
  show('tasks24', l.init)
})
test('errors in prompt/resource', async () => {
  const s = new Server({ name: 's', version: '1' }, { onError: () => {} })
  s.prompt('p', () => { throw new ToolError('tell') })
  s.resource('a:b', () => { throw new ToolError('tell') })
  const r = await raw(s)
  show('p', await err(r.link.request('prompts/get', { name: 'p', ...env() })))
})
test('cancel confusion in client', async () => {
  const [near, far] = pair()
  const client = connect(async (responder) => { const { Peer } = await import('@parley/protocol'); return new Peer(near, responder) }, { name: 'c', version: '1', versions: ['2025-11-25'], roots: [] })
  const it = far[Symbol.asyncIterator]()
  const init: any = (await it.next()).value
  await far.send({ kind: 'result', id: init.message.id, result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } } })
  const c = await client
  await it.next()
  const call = err(c.callTool('x', {}, { onLog: () => {} }))
  const req: any = (await it.next()).value
  await far.send({ kind: 'notification', method: 'notifications/cancelled', params: { requestId: req.message.id } })
  await tick()
  await far.send({ kind: 'result', id: req.message.id, result: { content: [] } })
  show('cancel confusion', await call)
  await c.close()
})
test('null optionals from servers', async () => {
  const mk = async (version: string, method: string, result: any, run: (c: any) => Promise<any>) => {
    const server: Responder = { respond: async (ex) => ({ kind: 'result', id: ex.request.id, result: ex.request.method === 'initialize' ? { protocolVersion: version, capabilities: { tools: {}, resources: {}, prompts: {} }, serverInfo: { name: 's', version: '1' } } : result }), hear() {} }
    const c = await connect(memory(server), { name: 'c', version: '1', versions: [version] })
    show('null ' + method, await err(run(c)))
    await c.close()
  }
  await mk('2025-06-18', 'nextCursor null', { tools: [], nextCursor: null }, (c) => c.listTools())
  await mk('2025-06-18', 'description null', { tools: [{ name: 'a', description: null, inputSchema: { type: 'object' } }] }, (c) => c.listTools())
  await mk('2025-06-18', 'structured null', { content: [], structuredContent: null, isError: false, _meta: null }, (c) => c.callTool('x'))
  await mk('2025-06-18', 'inputSchema no type', { tools: [{ name: 'a', inputSchema: {} }] }, (c) => c.listTools())
  await mk('2025-06-18', 'content missing', { structuredContent: {} }, (c) => c.callTool('x'))
  await mk('2025-06-18', 'one bad tool', { tools: [{ name: 'good', inputSchema: { type: 'object' } }, { name: 'a', inputSchema: { type: 'object' }, outputSchema: { type: 'array' } }] }, (c) => c.listTools())
  await mk('2025-06-18', 'unknown content', { content: [{ type: 'new_thing' }] }, (c) => c.callTool('x'))
})
test('elicit before initialized', async () => {
  const s = new Server({ name: 's', version: '1' })
  s.tool('t', async (_, ctx) => JSON.stringify(await ctx.roots()))
  const r = await raw(s, () => ({ roots: [] }))
  await r.link.request('initialize', { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo: { name: 'c', version: '1' } })
  show('before initialized', [await err(r.link.request('tools/call', { name: 't' })), r.heard])
})
test('string structured', async () => {
  const s = new Server({ name: 's', version: '1' })
  s.tool('t', () => 'hello')
  const r = await raw(s)
  show('string', await r.link.request('tools/call', { name: 't', ...env() }))
})
test('visible + subscribe', async () => {
  const s = new Server({ name: 's', version: '1' })
  s.resource('a:b', { visible: () => false }, () => 'secret')
  const r = await legacy(s, '2025-11-25')
  show('sub', await err(r.link.request('resources/subscribe', { uri: 'a:b' })))
  s.resourceUpdated('a:b'); await tick()
  show('sub heard', r.heard)
})
test('sampling arrays to old servers', async () => {
  const [near, far] = pair()
  const { Peer } = await import('@parley/protocol')
  const client = connect(async (responder) => new Peer(near, responder), { name: 'c', version: '1', versions: ['2025-06-18'], onSample: () => ({ role: 'assistant', model: 'm', content: [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }] }) })
  const it = far[Symbol.asyncIterator]()
  const init: any = (await it.next()).value
  show('caps', init.message.params)
  await far.send({ kind: 'result', id: init.message.id, result: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } } })
  const c = await client
  await it.next()
  await far.send({ kind: 'request', id: 'q', method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } })
  show('sampled', ((await it.next()).value as any).message)
  await c.close()
})
