import type { JsonObject, Principal } from '@parley/core'
import type { RpcResponse } from '@parley/protocol'
import { Server } from '@parley/server'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const served: string[] = []
const make = (): Server => {
  const server = new Server({ name: 'test', version: '1' })
  const run = (name: string) => () => {
    served.push(name)
    return name
  }
  server.tool('open', run('open'))
  server.tool('write', { scopes: ['files:write', 'files:read'] }, run('write'))
  server.tool('hidden', { scopes: ['root'], visible: () => false }, run('hidden'))
  server.tool('reads', async (_, ctx) => (await ctx.readResource('file:///plans')).text())
  server.prompt('review', { scopes: ['files:read'], args: { code: z.enum(['a', 'b']) } }, run('review'))
  server.resource('file:///plans', { scopes: ['files:read'], cacheScope: 'public' }, run('plans'))
  server.resource('file:///notes/{name}', { scopes: ['notes'], complete: { name: () => ['x'] } }, run('notes'))
  return server
}

const person = (...scopes: string[]): Principal => ({ issuer: 'i', subject: 's', scopes })
const caller = { info: undefined, capabilities: {}, version: '2026-07-28' }

/** Puts a modern request to a server, as it comes by a road, and gives the answer. */
const answerTo = async (
  server: Server,
  method: string,
  params: JsonObject,
  principal?: Principal,
  road = 'websocket',
): Promise<RpcResponse> => {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': caller.version,
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return server.respond({
    request: { kind: 'request', id: 1, method, params: { _meta, ...params } },
    signal: new AbortController().signal,
    origin: { road, ...(principal !== undefined && { principal }) },
    notify: () => undefined,
  })
}

const ask = async (...asked: Parameters<typeof answerTo>): Promise<unknown> => {
  const response = await answerTo(...asked)
  return response.kind === 'error' ? response.error : 'served'
}

const refused = (...requiredScopes: string[]) => ({
  code: -32600,
  message: `This needs the scopes ${requiredScopes.join(' ')}: call with a token that has them`,
  data: { requiredScopes },
})

describe('the scopes of tools, prompts and resources', () => {
  it.each<[string, JsonObject, string[]]>([
    ['tools/call', { name: 'write' }, ['files:write', 'files:read']],
    ['prompts/get', { name: 'review', arguments: { code: 'a' } }, ['files:read']],
    [
      'completion/complete',
      { ref: { type: 'ref/prompt', name: 'review' }, argument: { name: 'code', value: '' } },
      ['files:read'],
    ],
    ['resources/read', { uri: 'file:///plans' }, ['files:read']],
    ['resources/read', { uri: 'file:///notes/today' }, ['notes']],
    [
      'completion/complete',
      { ref: { type: 'ref/resource', uri: 'file:///notes/{name}' }, argument: { name: 'name', value: '' } },
      ['notes'],
    ],
  ])('Z17: must all be there for %s %j', async (method, params, scopes) => {
    const server = make()
    expect(server.scopesFor(method, params)).toEqual(scopes)
    served.length = 0
    for (const principal of [undefined, person(), person(...scopes.slice(1)), person('root')]) {
      expect(await ask(server, method, params, principal)).toEqual(refused(...scopes))
    }
    expect(served).toEqual([])
    expect(await ask(server, method, params, person(...scopes, 'more'))).toBe('served')
  })

  it('Z17: must be there for what is listened to', () => {
    const server = make()
    const filter = (...uris: unknown[]): JsonObject => ({
      notifications: { resourceSubscriptions: uris },
    })
    const method = 'subscriptions/listen'
    expect(server.scopesFor(method, filter('file:///plans', 'file:///notes/a', 'file:///notes/b', 1))).toEqual([
      'files:read',
      'notes',
    ])
    expect(server.scopesFor(method, filter('file:///elsewhere'))).toEqual([])
    expect(server.scopesFor(method, filter(...Array.from({ length: 1001 }, () => 'file:///elsewhere')))).toEqual([
      'files:read',
      'notes',
    ])
    expect(server.scopesFor(method, {})).toEqual([])
    expect(server.scopesFor('resources/subscribe', { uri: 'file:///plans' })).toEqual(['files:read'])
  })

  it.each(['stdio', 'memory'])('do not hold for whoever has started the server, over %s', async (road) => {
    expect(await ask(make(), 'tools/call', { name: 'write' }, undefined, road)).toBe('served')
    expect(await ask(make(), 'tools/call', { name: 'write' }, person(), road)).toMatchObject({ code: -32600 })
  })

  it('hold for nobody on every other road, as there the check of callers has been forgotten', async () => {
    for (const road of ['http', 'websocket', 'carrier pigeon']) {
      expect(await ask(make(), 'tools/call', { name: 'write' }, undefined, road)).toMatchObject({ code: -32600 })
    }
  })

  it('hold for a resource that a tool reads for its caller', async () => {
    const server = make()
    served.length = 0
    await ask(server, 'tools/call', { name: 'reads' }, person())
    expect(served).toEqual([])
    await ask(server, 'tools/call', { name: 'reads' }, person('files:read'))
    expect(served).toEqual(['plans'])
  })

  it('keep what is read with them out of caches that others share (T21)', async () => {
    const answer = await answerTo(make(), 'resources/read', { uri: 'file:///plans' }, person('files:read'))
    expect(answer).toMatchObject({ result: { cacheScope: 'private' } })
  })

  it('leave lists and all else as they are', async () => {
    const server = make()
    for (const method of [
      'tools/list',
      'prompts/list',
      'resources/list',
      'resources/templates/list',
      'server/discover',
    ]) {
      expect(await ask(server, method, {}, person())).toBe('served')
    }
    expect(await ask(server, 'tools/call', { name: 'open' }, person())).toBe('served')
    expect(server.scopesFor('tools/call', { name: 'open' })).toEqual([])
    expect(server.scopesFor('tools/call', { name: 'toString' })).toEqual([])
    expect(server.scopesFor('tools/call', { name: 1 })).toEqual([])
    expect(server.scopesFor('tools/call', {})).toEqual([])
  })

  it('tell nothing of what is hidden', async () => {
    const server = make()
    expect(server.scopesFor('tools/call', { name: 'hidden' })).toEqual([])
    expect(await ask(server, 'tools/call', { name: 'hidden' }, person())).toMatchObject({
      code: -32602,
      message: 'Unknown tool: hidden',
    })
  })

  it('are listed once each, and change with what is registered', () => {
    const server = make()
    expect(server.scopes).toEqual(['files:write', 'files:read', 'root', 'notes'])
    const tool = server.tool('later', { scopes: ['later'] }, () => 'x')
    expect(server.scopes).toContain('later')
    tool.update({ scopes: ['changed'] })
    expect(server.scopesFor('tools/call', { name: 'later' })).toEqual(['changed'])
    tool.remove()
    expect(server.scopes).toEqual(['files:write', 'files:read', 'root', 'notes'])
  })

  it('are asked after middleware, which hears of what is refused', async () => {
    const heard: unknown[] = []
    const server = make().use(async (call, next) => {
      try {
        return await next(call)
      } catch (error) {
        heard.push((error as Error).message)
        throw error
      }
    })
    await ask(server, 'tools/call', { name: 'write' }, person())
    expect(heard).toEqual([expect.stringContaining('This needs the scopes files:write files:read')])
  })

  it.each(['a b', '', 'a"b', 'a\\b', 'ü'])('cannot be %j', (scope) => {
    const server = make()
    expect(() => server.tool('x', { scopes: [scope] }, () => 1)).toThrow(TypeError)
    expect(() => server.prompt('x', { scopes: [scope] }, () => '')).toThrow(TypeError)
    expect(() => server.resource('x:y', { scopes: [scope] }, () => '')).toThrow(TypeError)
  })
})
