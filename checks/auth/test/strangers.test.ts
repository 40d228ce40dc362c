import { describe, expect, it } from 'vitest'
import { startAuthorizationServer } from '../authorization-server.ts'
import { watchOutput } from '../canary.ts'
import { forThisTest } from '../lifetime.ts'
import { serveProtected } from '../protected.ts'
import type { Protected } from '../protected.ts'
import { connectBy, visitor } from '../visitor.ts'

watchOutput()

/** Two protected servers of one authorization server. */
const open = async (): Promise<readonly [Protected, Protected]> => {
  const authorizationServer = forThisTest(await startAuthorizationServer())
  const serve = async (): Promise<Protected> => forThisTest(await serveProtected(authorizationServer))
  return [await serve(), await serve()]
}

/** Logs in, and gives the header that was shown for it. */
const enter = async ({ url, presented }: Protected, user: string): Promise<string> => {
  const client = await connectBy(url, visitor(url, { person: { user } }))
  await client.close()
  return presented.at(-1) ?? ''
}

/** Sends what any client could. */
const ask = (url: string, method: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(url, {
    method,
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    ...(method === 'POST' && { body: '{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"whoami"}}' }),
  })

const bytesOf = async (response: Response): Promise<unknown> => ({
  status: response.status,
  type: response.headers.get('content-type'),
  body: await response.text(),
})

describe('T3: what belongs to somebody else', () => {
  it.each(['POST', 'GET', 'DELETE'])('is not there: a %s with a session of another user', async (method) => {
    const [server] = await open()
    const adas = await enter(server, 'ada')
    const opened = await fetch(server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: adas,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'any', version: '1' } },
      }),
    })
    const session = opened.headers.get('mcp-session-id') ?? ''
    await opened.text()
    const bobs = await enter(server, 'bob')
    expect(bobs).not.toBe(adas)
    const known = { authorization: bobs, 'mcp-session-id': session }
    const unknown = { authorization: bobs, 'mcp-session-id': 'one-that-was-never-there' }
    const answers = await Promise.all(
      [known, unknown].map(async (each) => bytesOf(await ask(server.url, method, each))),
    )
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toMatchObject({ status: 404 })
    expect((await ask(server.url, 'POST', { authorization: adas, 'mcp-session-id': session })).status).toBe(200)
  })

  it('T1: is worth nothing: a token for another server of the same authorization server', async () => {
    const [first, second] = await open()
    const authorization = await enter(first, 'ada')
    expect((await ask(second.url, 'POST', { authorization })).status).toBe(401)
    expect((await ask(second.url, 'POST', {})).status).toBe(401)
  })
})
