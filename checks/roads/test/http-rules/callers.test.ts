import { networkInterfaces } from 'node:os'
import { Server } from '@parley/server'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { byName, call, legacy, post, serve } from './served.ts'

const named = (name: string): Record<string, string> => ({ authorization: `Bearer ${name}` })

const whoami = (): Server => {
  const server = new Server({ name: 'who', version: '1.0.0' })
  server.tool('whoami', (_, ctx) => ctx.auth?.subject ?? 'nobody')
  server.tool('ask', async (_, ctx) => {
    const owner = ctx.auth?.subject ?? 'nobody'
    const made = await ctx.once('made', () => `made for ${owner}`)
    const answer = await ctx.elicit({ message: 'Sure?', schema: z.object({ sure: z.boolean() }) })
    return `${answer.action}: ${made}`
  })
  return server
}

it('H2: listens on this machine alone unless told otherwise', async () => {
  const { url } = await serve(whoami())
  const { hostname, port } = new URL(url)
  expect(hostname).toBe('127.0.0.1')
  const elsewhere = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
  for (const { address } of elsewhere) {
    await expect(fetch(`http://${address}:${port}/mcp`)).rejects.toThrow('fetch failed')
  }
  await expect(serve(whoami(), { host: '0.0.0.0' })).rejects.toThrow(/allowedHosts/)
})

it('H2: lets in whoever is verified, and tells the handler who that is', async () => {
  const { url } = await serve(whoami(), { authorize: byName })
  expect((await call(url, 'whoami')).status).toBe(401)
  const { status, body } = await call(url, 'whoami', {}, named('ada'))
  expect(status).toBe(200)
  expect(body).toMatchObject({ result: { content: [{ type: 'text', text: 'ada' }] } })
})

it('G13: a session is no proof: for anybody but who opened it, it does not exist', async () => {
  const { url } = await serve(whoami(), { authorize: byName })
  const hello = { protocolVersion: legacy, capabilities: {}, clientInfo: { name: 'test', version: '1.0.0' } }
  const opened = await post(url, { id: 1, method: 'initialize', params: hello }, named('ada'))
  const session = opened.headers.get('mcp-session-id') ?? ''
  expect(session).toMatch(/^[\w-]{22,}$/)
  const calling = { id: 2, method: 'tools/call', params: { name: 'whoami' } }
  const asking = (headers: Record<string, string>) => post(url, calling, { 'mcp-session-id': session, ...headers })
  expect((await asking({})).status).toBe(401)
  const foreign = await asking(named('eve'))
  const unknown = await asking({ ...named('eve'), 'mcp-session-id': session.replaceAll(/./g, 'x') })
  expect([foreign.status, foreign.body]).toEqual([404, unknown.body])
  expect((await asking(named('ada'))).body).toMatchObject({ result: { content: [{ text: 'ada' }] } })
})

it('I7: state that was given to one user is refused from another', async () => {
  const { url } = await serve(whoami(), { authorize: byName })
  const first = await call(url, 'ask', {}, named('ada'))
  expect(first.body).toMatchObject({ result: { resultType: 'input_required' } })
  const { inputRequests, requestState } = first.body['result'] as {
    inputRequests: Record<string, unknown>
    requestState: string
  }
  const inputResponses = Object.fromEntries(
    Object.keys(inputRequests).map((key) => [key, { action: 'accept', content: { sure: true } }]),
  )
  const retry = { inputResponses, requestState }
  expect(requestState).not.toBe('')
  const stolen = await call(url, 'ask', retry, named('eve'))
  expect(JSON.stringify(stolen.body)).not.toContain('made for ada')
  expect((await call(url, 'ask', retry, named('ada'))).body).toMatchObject({
    result: { content: [{ text: 'accept: made for ada' }] },
  })
})
