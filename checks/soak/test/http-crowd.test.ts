import { connect } from '@parley/client'
import type { Change, Client, Subscription } from '@parley/client'
import { metaKeys, revisions } from '@parley/protocol'
import { Server } from '@parley/server'
import type { Context } from '@parley/server'
import { httpSse } from '@parley/transports/http-sse/server'
import { http } from '@parley/transports/http/client'
import type { Fetch } from '@parley/transports/http/client'
import { expect, it } from 'vitest'
import { quantile, serve } from '../http-callers.ts'

const calls = 10_000
const inFlight = 4
const rounds = 5
const news = 'board://news'
const ownBoard = (at: number): string => `board://guest-${at}`

const modern = revisions.filter(({ era }) => era === 'modern').map(({ version }) => version)
const legacy = revisions.filter(({ era }) => era === 'legacy').map(({ version }) => version)
// Streamable HTTP came with the second revision; the first speaks HTTP+SSE alone.
const sessions = legacy.slice(0, -1)
const sseOnly = legacy.slice(-1)
// Forms came with the third, so that a client of an elder one cannot be asked.
const asking = [...modern, ...legacy.slice(0, 2)]

const marked = { type: 'object', properties: { mark: { type: 'string' } }, required: ['mark'] } as const

/** Makes a server that says nothing without the mark of whoever called. */
const makeServer = (): Server => {
  const server = new Server({ name: 'crowded', version: '1.0.0' })
  server.tool('say', { input: marked }, ({ mark }) => `${mark} said`)
  server.tool('count', { input: marked }, async ({ mark }, ctx: Context) => {
    ctx.log.info(`${mark} counting`)
    for (let step = 1; step <= 2; step += 1) await ctx.progress(step, 2, `${mark} step ${step}`)
    return `${mark} said`
  })
  server.tool('ask', { input: marked }, async ({ mark }, ctx: Context) => {
    const answer = await ctx.elicit({ message: `${mark} question`, schema: marked })
    return answer.action === 'accept' ? `${answer.content.mark} said` : answer.action
  })
  server.resource('board://{name}', ({ name }) => name)
  return server
}

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

type Heard = { answers: number; lines: number; questions: number; progress: number; strange: string[] }
type Guest = { at: number; mark: string; version: string; client: Client; tap: Tap; heard: Heard }

const enter = async (url: string, version: string, at: number): Promise<Guest> => {
  const tap = new Tap()
  const mark = `mark-${at};`
  const heard: Heard = { answers: 0, lines: 0, questions: 0, progress: 0, strange: [] }
  const client = await connect(http(url, { fetch: tap.fetch }), {
    name: `guest-${at}`,
    version: '1.0.0',
    versions: [version],
    logLevel: 'info',
    onLog: ({ data }) => {
      heard.lines += 1
      if (typeof data !== 'string' || !data.startsWith(mark)) heard.strange.push(JSON.stringify(data))
    },
    onElicit: ({ message }) => {
      heard.questions += 1
      if (!message.startsWith(mark)) heard.strange.push(message)
      return { action: 'accept', content: { mark: message.replace(' question', '') } }
    },
  })
  return { at, mark, version, client, tap, heard }
}

const toolFor = (call: number, version: string): string => {
  const tool = ['say', 'count', 'say', 'ask'][call % 4] ?? 'say'
  return tool === 'ask' && !asking.includes(version) ? 'count' : tool
}

/** Makes one call, whose every answer must carry the number that no other call has. */
const callOnce = async ({ client, mark, version, heard }: Guest, call: number, times: number[]): Promise<void> => {
  const own = `${mark}${call}`
  const begun = performance.now()
  const { content } = await client.callTool(
    toolFor(call, version),
    { mark: own },
    {
      onProgress: ({ message = '' }) => {
        heard.progress += 1
        if (!message.startsWith(`${own} `)) heard.strange.push(message)
      },
    },
  )
  times.push(performance.now() - begun)
  heard.answers += 1
  expect(content).toMatchObject([{ type: 'text', text: `${own} said` }])
}

const talk = async (guest: Guest, queue: Iterator<number>, times: number[]): Promise<void> => {
  const one = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await callOnce(guest, next.value, times)
  }
  await Promise.all(Array.from({ length: inFlight }, one))
}

/** The calls of one guest of so many: each number goes to exactly one of them. */
const share = (at: number, guests: number): Iterator<number> =>
  Array.from({ length: Math.ceil((calls - at) / guests) }, (_, turn) => at + turn * guests).values()

/** Changes one thing after another; each is heard by all who listen to it before the next is made. */
const change = async (server: Server, readers: readonly AsyncIterator<Change>[]): Promise<number> => {
  const hear = async (): Promise<Change[]> => {
    const next = await Promise.all(readers.map((reader) => reader.next()))
    return next.map(({ value }) => value as Change)
  }
  const shown = server.tool('shown', () => 'nothing')
  for (const each of await hear()) expect(each).toEqual({ type: 'toolsListChanged' })
  for (let round = 1; round < rounds; round += 1) {
    shown.update({ description: `Shown ${round} times.` })
    for (const each of await hear()) expect(each).toEqual({ type: 'toolsListChanged' })
  }
  for (let round = 0; round < rounds; round += 1) {
    server.resourceUpdated(news)
    for (const each of await hear()) expect(each).toEqual({ type: 'resourceUpdated', uri: news })
    readers.forEach((_, at) => server.resourceUpdated(ownBoard(at)))
    const own = await hear()
    own.forEach((each, at) => expect(each).toEqual({ type: 'resourceUpdated', uri: ownBoard(at) }))
  }
  return 3 * rounds * readers.length
}

type Told = { method?: string; params?: { uri?: string; _meta?: Record<string, unknown> } }

/** The changes that a client was told of, as they stood on the wire. */
const toldOf = ({ tap }: Guest): Told[] =>
  tap.text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as Told)
    .filter(({ method = '' }) => method.endsWith('/updated') || method.endsWith('/list_changed'))

const inspect = (guest: Guest): void => {
  const { at, mark, client, tap, heard } = guest
  expect(heard.strange).toEqual([])
  const marks = new Set(Array.from(tap.text.matchAll(/mark-\d+;/g), ([found]) => found))
  expect([...marks]).toEqual([mark])
  const told = toldOf(guest)
  expect(told.filter(({ params }) => params?.uri === news)).toHaveLength(rounds)
  expect(told.filter(({ params }) => params?.uri === ownBoard(at))).toHaveLength(rounds)
  expect(told.filter(({ method }) => method === 'notifications/tools/list_changed')).toHaveLength(rounds)
  expect(told).toHaveLength(3 * rounds)
  const ids = new Set(told.map(({ params }) => params?._meta?.[metaKeys.subscriptionId]))
  // A modern change names its subscription, here the only one; a legacy one has never heard of any.
  expect(ids.size).toBe(1)
  expect(ids.has(undefined)).toBe(client.era === 'legacy')
}

const figures = (guests: readonly Guest[], times: readonly number[], seconds: number, changes: number): string => {
  const sum = (of: (heard: Heard) => number): number => guests.reduce((total, { heard }) => total + of(heard), 0)
  const versions = new Set(guests.map(({ client }) => client.version))
  const bytes = guests.reduce((total, { tap }) => total + tap.text.length, 0)
  return (
    `${guests.length} clients of ${versions.size} revisions on one endpoint, ${seconds.toFixed(1)} s: ` +
    `${sum(({ answers }) => answers)} calls (${Math.round(times.length / seconds)}/s, p50 ` +
    // No slower quantile: Node accepts one connection a turn, so that the last of 440 at once is let in seconds later.
    `${quantile(times, 0.5).toFixed(0)} ms), ` +
    `${sum(({ progress }) => progress)} progress, ${sum(({ lines }) => lines)} log lines, ` +
    `${sum(({ questions }) => questions)} questions; ${changes} changes heard under load, each in its era's words; ` +
    `${(bytes / 1e6).toFixed(1)} MB searched, and nobody saw a byte of another's`
  )
}

it(`${calls} calls of fifty modern clients, fifty sessions and ten of HTTP+SSE: each hears its own`, async () => {
  const server = makeServer()
  const serving = await serve(server, { sse: httpSse() })
  const old = new URL('/sse', serving.url).href
  const plan = [
    ...Array.from({ length: 50 }, (_, at) => ({ url: serving.url, version: modern[at % modern.length] ?? '' })),
    ...Array.from({ length: 50 }, (_, at) => ({ url: serving.url, version: sessions[at % sessions.length] ?? '' })),
    ...Array.from({ length: 10 }, (_, at) => ({ url: old, version: sseOnly[at % sseOnly.length] ?? '' })),
  ]
  try {
    const guests = await Promise.all(plan.map(({ url, version }, at) => enter(url, version, at)))
    expect(guests.map(({ client }) => client.version)).toEqual(plan.map(({ version }) => version))
    const listens: Subscription[] = await Promise.all(
      guests.map(({ client, at }) =>
        client.listen({ toolsListChanged: true, resourceSubscriptions: [news, ownBoard(at)] }),
      ),
    )
    const readers = listens.map((each) => each[Symbol.asyncIterator]())
    const times: number[] = []
    const begun = performance.now()
    let talking = true
    const talked = Promise.all(guests.map((guest) => talk(guest, share(guest.at, guests.length), times))).finally(
      () => (talking = false),
    )
    const changes = await change(server, readers)
    expect(talking).toBe(true)
    await talked
    const seconds = (performance.now() - begun) / 1000
    expect(guests.reduce((sum, { heard }) => sum + heard.answers, 0)).toBe(calls)
    guests.forEach(inspect)
    console.log(figures(guests, times, seconds, changes))
    await Promise.all(guests.map(({ client }) => client.close()))
  } finally {
    await server.close()
    await serving.close()
  }
})
