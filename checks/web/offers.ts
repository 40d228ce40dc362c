import { Server } from '@parley/server'
import type { ServerOptions } from '@parley/server'
import { deferred } from './deferred.ts'
import type { Deferred } from './deferred.ts'

/** A server, and what its handlers saw and wait for. */
export type Offers = {
  readonly server: Server
  /** The methods of the calls that came in. */
  readonly calls: readonly string[]
  /** Lets the call of `count` of that name go on, now or when it comes. */
  release(name: string): void
  /** Settles when a call of `hang` of that name was cancelled. */
  cancelled(name: string): Promise<void>
}

const named = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const
const sized = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } as const

/** Promises by name, each made when it is first asked for. */
const promises = (): ((name: string) => Deferred<void>) => {
  const made = new Map<string, Deferred<void>>()
  return (name) => {
    const promise = made.get(name) ?? deferred()
    made.set(name, promise)
    return promise
  }
}

/** Makes a server with a tool for each thing that browsers and proxies get in the way of; `member` is what it calls itself. */
export const makeOffers = (member: string, options: ServerOptions = {}): Offers => {
  const server = new Server({ name: 'offers', version: '1.0.0' }, options)
  const calls: string[] = []
  const [releases, cancels] = [promises(), promises()]
  server.use((call, next) => {
    calls.push(call.method)
    return next(call)
  })
  server.resource('note://one', () => 'A note')
  server.tool('whoami', (_, ctx) => `${ctx.auth?.subject ?? 'nobody'} at ${member}`)
  server.tool('measure', { input: sized }, ({ text }) => text.length)
  server.tool('touch', () => server.resourceUpdated('note://one'))
  server.tool('count', { input: named }, async ({ name }, ctx) => {
    await ctx.progress(1, 2)
    await releases(name).promise
    await ctx.progress(2, 2)
    return `counted for ${name}`
  })
  server.tool('hang', { input: named }, async ({ name }, ctx) => {
    const left = deferred()
    ctx.signal.addEventListener('abort', () => left.resolve())
    await ctx.progress(1)
    await left.promise
    cancels(name).resolve()
  })
  server.tool('release', { input: named }, ({ name }) => releases(name).resolve())
  server.tool('ask', async (_, ctx) => {
    const first = await ctx.once('first', () => member)
    const answer = await ctx.elicit({
      message: 'Who are you?',
      schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    })
    return `${first} asked, ${answer.content?.['name'] ?? 'nobody'} answered ${member}`
  })
  return {
    server,
    calls,
    release: (name) => releases(name).resolve(),
    cancelled: (name) => cancels(name).promise,
  }
}
