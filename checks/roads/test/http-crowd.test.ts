import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import { metaKeys, revisions } from '@parley/protocol'
import { Server } from '@parley/server'
import { http } from '@parley/transports/http/client'
import type { Fetch } from '@parley/transports/http/client'
import { serveHttp } from '@parley/transports/http/node'
import { httpSse } from '@parley/transports/http-sse/server'
import { expect, it } from 'vitest'
import { z } from 'zod'

const versionsOf = (era: string): string[] =>
  revisions.filter((revision) => revision.era === era && revision.version > '2025').map(({ version }) => version)
const modern = versionsOf('modern')
const legacy = versionsOf('legacy')
const oldest = '2024-11-05'

/** Every byte that one client got, as text. */
class Tap {
  text = ''

  readonly fetch: Fetch = async (url, init) => {
    const response = await fetch(url, init)
    if (response.body === null) return response
    const decoder = new TextDecoder()
    const seen = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        this.text += decoder.decode(chunk, { stream: true })
        controller.enqueue(chunk)
      },
    })
    const { status, headers } = response
    return new Response(response.body.pipeThrough(seen), { status, headers })
  }
}

const makeServer = (): Server => {
  const server = new Server({ name: 'crowded', version: '1.0.0' })
  const input = z.object({ secret: z.string(), round: z.int() })
  server.tool('say', { input }, ({ secret, round }) => `${secret} ${round}`)
  server.tool('count', { input }, async ({ secret, round }, ctx) => {
    ctx.log('info', `counting for ${secret}`)
    for (let step = 1; step <= 2; step += 1) await ctx.progress(step, 2, `${secret} ${round}`)
    return `${secret} ${round}`
  })
  server.tool('ask', { input }, async ({ secret, round }, ctx) => {
    const schema = z.object({ said: z.string() })
    const answer = await ctx.elicit({ message: `${secret} ${round}`, schema })
    return answer.action === 'accept' ? answer.content.said : answer.action
  })
  server.resource('board://news', () => 'Nothing new.')
  return server
}

type Guest = { client: Client; secret: string; tap: Tap; version: string }

const enter = async (url: string, version: string, at: number): Promise<Guest> => {
  const tap = new Tap()
  const secret = `secret-${at}-of-${version}.`
  const onElicit = ({ message }: { message: string }) => {
    expect(message.startsWith(secret)).toBe(true)
    return { action: 'accept' as const, content: { said: `${message}, said ${secret}` } }
  }
  const me = { name: `guest-${at}`, version: '1.0.0', versions: [version], logLevel: 'info' as const, onElicit }
  const client = await connect(http(url, { fetch: tap.fetch }), me)
  return { client, secret, tap, version }
}

const textOf = ({ content }: { content: readonly { type: string; text?: string }[] }): string | undefined =>
  content[0]?.text

/** What one guest does, again and again: two calls, and one that reports. Answers how many it made. */
const talk = async ({ client, secret }: Guest): Promise<number> => {
  let calls = 0
  for (let round = 0; round < 6; round += 1) {
    const mine = `${secret} ${round}`
    const heard: (string | undefined)[] = []
    const onProgress = ({ message }: { message?: string | undefined }) => void heard.push(message)
    const answers = await Promise.all([
      client.callTool('say', { secret, round }),
      client.callTool('say', { secret, round }),
      client.callTool('count', { secret, round }, { onProgress }),
    ])
    calls += answers.length
    expect(answers.map(textOf)).toEqual([mine, mine, mine])
    expect(heard).toEqual([mine, mine])
  }
  return calls
}

/** What a client was sent of a kind of notification, as it stood on the wire. */
const sent = ({ tap }: Guest, method: string): { params: { uri: string; _meta?: Record<string, unknown> } }[] =>
  tap.text
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line.includes(`"${method}"`))
    .map((line) => JSON.parse(line.slice('data: '.length)))

it('V5, U8: fifty modern clients, fifty sessions of three revisions and ten of HTTP+SSE share a server, each with bytes of its own', async () => {
  const server = makeServer()
  const serving = await serveHttp(server, { port: 0, sse: httpSse() })
  try {
    const versions = Array.from({ length: 50 }, (_, at) => [modern[at % modern.length], legacy[at % legacy.length]])
    const old = new URL('/sse', serving.url).href
    const guests = await Promise.all([
      ...versions.flat().map((version = '', at) => enter(serving.url, version, at)),
      ...Array.from({ length: 10 }, (_, at) => enter(old, oldest, 100 + at)),
    ])
    expect(guests.map(({ client, version }) => client.version === version)).not.toContain(false)
    expect(new Set(guests.map(({ version }) => version)).size).toBe(5)

    const listens = await Promise.all(
      guests.map(({ client }) => client.listen({ resourceSubscriptions: ['board://news'] })),
    )
    const calls = await Promise.all(guests.map(talk))
    expect(calls.reduce((sum, made) => sum + made, 0)).toBe(1980)

    // The two oldest revisions have no way to ask.
    const asked = guests.filter(({ version }) => version > '2025-06')
    await Promise.all(
      asked.map(async ({ client, secret }) => {
        expect(textOf(await client.callTool('ask', { secret, round: 1 }))).toBe(`${secret} 1, said ${secret}`)
      }),
    )

    server.resourceUpdated('board://news')
    const heard = listens.map(async (changes) => {
      for await (const change of changes) return change
      return undefined
    })
    for (const change of await Promise.all(heard)) expect(change).toMatchObject({ uri: 'board://news' })

    for (const guest of guests) {
      const strangers = [...guest.tap.text.matchAll(/secret-[^ ."]*\d\.?/g)].filter(([found]) => found !== guest.secret)
      expect(strangers).toEqual([])
      expect(guest.tap.text).toContain(guest.secret)
      const [told, ...more] = sent(guest, 'notifications/resources/updated')
      expect(more).toEqual([])
      expect(told?.params.uri).toBe('board://news')
      // A modern change names its subscription; a legacy one has never heard of any.
      const isModern = guest.client.era === 'modern'
      expect(Object.keys(told?.params._meta ?? {})).toEqual(isModern ? [metaKeys.subscriptionId] : [])
    }
    await Promise.all(guests.map(({ client }) => client.close()))
  } finally {
    await server.close()
    await serving.close()
  }
}, 20_000)
