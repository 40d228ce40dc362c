import { metaKeys, Peer, revisions } from '@parley/protocol'
import type { Responder } from '@parley/protocol'
import type { JsonObject } from '@parley/core'
import { Server } from '@parley/server'
import { pair } from '@parley/transports/memory'
import { describe, expect, it } from 'vitest'

const modern = revisions[0]?.version ?? ''
const nobody: Responder = { respond: () => Promise.resolve(undefined), hear: () => undefined }
const envelope = {
  [metaKeys.protocolVersion]: modern,
  [metaKeys.clientInfo]: { name: 'test', version: '1.0.0' },
  [metaKeys.clientCapabilities]: { elicitation: { form: {} } },
}
const question = { type: 'object', properties: { sure: { type: 'boolean' } }, required: ['sure'] } as const
const input = { type: 'object', properties: { amount: { type: 'string' } }, required: ['amount'] } as const

/** A server that asks twice before it pays, so that after the first answer it has something to seal. */
const bank = (): Server => {
  const server = new Server({ name: 'bank', version: '1.0.0' })
  for (const name of ['pay', 'repay']) {
    server.tool(name, { input }, async ({ amount }, ctx) => {
      for (const message of ['Pay?', 'Really?']) {
        const { content } = await ctx.elicit({ message, schema: question })
        if (content?.sure !== true) return 'Kept'
      }
      return `Paid ${amount}`
    })
  }
  server.prompt('pay', { args: input }, async ({ amount }, ctx) => {
    await ctx.elicit({ message: 'Pay?', schema: question })
    return `Paid ${amount}`
  })
  return server
}

type Caller = { call: (method: string, params: JsonObject) => Promise<JsonObject> }

const callerOf = (server: Server, subject: string, issuer = 'https://issuer.example'): Caller => {
  const [near, far] = pair()
  void new Peer(far, server, { origin: { road: 'memory', principal: { issuer, subject, scopes: [] } } })
  const link = new Peer(near, nobody)
  return {
    call: (method, params) =>
      link
        .request(method, { ...params, _meta: envelope })
        .catch((error: unknown) => ({ refused: (error as { code: number }).code })),
  }
}

const pay = { name: 'pay', arguments: { amount: '5' } }

/** What a retry brings: an answer to everything that was asked, and the state where there was one. */
const retryOf = ({ inputRequests, requestState }: JsonObject): JsonObject => {
  const answers = Object.keys(inputRequests ?? {}).map((key) => [key, { action: 'accept', content: { sure: true } }])
  const inputResponses: JsonObject = Object.fromEntries(answers)
  return requestState === undefined ? { inputResponses } : { inputResponses, requestState }
}

describe('a state that came with a question', () => {
  it('M5: is good for the same principal and the same call, and for no other', async () => {
    const server = bank()
    const ada = callerOf(server, 'ada')
    const first = await ada.call('tools/call', pay)
    const second = await ada.call('tools/call', { ...pay, ...retryOf(first) })
    expect(second).toMatchObject({ resultType: 'input_required', requestState: expect.any(String) as string })
    const held = retryOf(second)
    const strangers = [callerOf(server, 'bob'), callerOf(server, 'ada', 'https://other.example')]
    for (const stranger of strangers) {
      expect(await stranger.call('tools/call', { ...pay, ...held })).toEqual({ refused: -32602 })
    }
    expect(await ada.call('tools/call', { ...pay, arguments: { amount: '500' }, ...held })).toEqual({ refused: -32602 })
    expect(await ada.call('tools/call', { ...pay, name: 'repay', ...held })).toEqual({ refused: -32602 })
    expect(await ada.call('prompts/get', { ...pay, ...held })).toEqual({
      refused: -32602,
    })
    expect(await ada.call('tools/call', { ...pay, ...held })).toMatchObject({ content: [{ text: 'Paid 5' }] })
    await server.close()
  })
})
