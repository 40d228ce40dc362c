import type { JsonObject } from '@parley/core'
import type { Link, Responder } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import { answering, Scripted } from './scripted.ts'

/** A client and a server, joined by the road that is looked at. */
export type TransportRig = {
  /** The client's end. */
  link: Link
  /** Puts bytes on the road towards the server as they are, one frame each; absent where the road cannot carry them. */
  inject?: (frame: string | Uint8Array) => Promise<void> | void
  /** Lets go of the road, both ends and whatever serves it. Called once the link is closed. */
  close?: () => PromiseLike<void> | void
}

/**
 * Serves `server` at one end of the road, dials it, and settles with the link; `client` hears what the server sends of its
 * own accord. Called anew for every test, and twice by some.
 */
export type SetUpTransport = (server: Responder, client: Responder) => Promise<TransportRig>

/** What sets a road apart from others. */
export type TransportTraits = {
  /** What the params of every request must hold on this road, such as the modern envelope in `_meta`. @default nothing */
  params?: JsonObject
  /** Whether the server can put requests of its own to the client while it serves one. @default true */
  asks?: boolean
  /** Whether the client can send notifications that reach the server's `hear`. @default true */
  hears?: boolean
  /** Whether a request can stay without any answer, as it can where answers are messages among others. @default true */
  silent?: boolean
}

type Session = { link: Link; server: Scripted; client: ReturnType<typeof answering>; rig: TransportRig }
type Kit = {
  open: (run: (session: Session) => Promise<void>, server?: Scripted) => Promise<void>
  params: (rest?: JsonObject) => JsonObject
}

const outcome = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)
const range = (length: number): number[] => Array.from({ length }, (_, index) => index)

/** Registers a test that a road without the trait has nothing to show in, and so none to skip. */
const onlyIf = (trait: boolean | undefined): typeof it | (() => void) => (trait === false ? () => undefined : it)

const kitOf = (setUp: SetUpTransport, traits: TransportTraits): Kit => ({
  open: async (run, server = new Scripted()) => {
    const client = answering()
    const rig = await setUp(server, client)
    try {
      await run({ link: rig.link, server, client, rig })
    } finally {
      await rig.link[Symbol.asyncDispose]()
      await rig.close?.()
    }
  },
  params: (rest = {}) => ({
    ...traits.params,
    ...rest,
    ...((traits.params?.['_meta'] ?? rest['_meta']) === undefined
      ? {}
      : { _meta: { ...(traits.params?.['_meta'] as JsonObject), ...(rest['_meta'] as JsonObject) } }),
  }),
})

const answers = ({ open, params }: Kit): void => {
  const values: unknown[] = ['é\u2028\u0000"\\\n', '😀', '', null, 0, -1.5, [], {}, { constructor: 1 }]
  it.each(values.map((value) => [value]))('carries %j there and back', (value) =>
    open(async ({ link }) =>
      expect(await link.request('test/echo', params({ value }))).toMatchObject({ echoed: value }),
    ),
  )

  it('carries a megabyte there and back', () =>
    open(async ({ link }) => {
      const value = 'é'.repeat(524_288)
      expect((await link.request('test/echo', params({ value })))['echoed']).toBe(value)
    }))

  it('carries an error with its code and data', () =>
    open(async ({ link }) => {
      expect(await outcome(link.request('test/fail', params()))).toMatchObject({
        name: 'RpcError',
        code: 1234,
        message: 'as asked',
        data: { why: ['é'] },
      })
    }))
}

const isolates = ({ open, params }: Kit): void => {
  it('says -32603 rather than nothing where a result cannot be written', () =>
    open(async ({ link }) => {
      expect(await outcome(link.request('test/unwritable', params()))).toMatchObject({ code: -32603 })
      expect(await link.request('test/echo', params({ value: 1 }))).toMatchObject({ echoed: 1 })
    }))

  it('shares nothing between its ends', () =>
    open(async ({ link, server }) => {
      const value = { list: [1] }
      const asked = link.request('test/echo', params({ value }))
      value.list.push(2)
      const answer = (await asked) as { echoed: { list: number[] } }
      expect(answer.echoed).toEqual({ list: [1] })
      answer.echoed.list.push(3)
      expect(server.begun[0]?.request.params).toMatchObject({ value: { list: [1] } })
    }))
}

const keepsApart = ({ open, params }: Kit): void => {
  it('gives every one of a hundred requests at once its own answer, whatever the order of the answers', () =>
    open(async ({ link, server }) => {
      const asked = range(100).map((name) => link.request('test/hold', params({ name })))
      await server.until(() => server.begun.length === 100)
      for (const name of range(100).toReversed()) server.release(name)
      expect((await Promise.all(asked)).map(({ held }) => held)).toEqual(range(100))
    }))

  it('tells the server the name of the road', () =>
    open(async ({ link }) => {
      expect(await link.request('test/where', params())).toMatchObject({ road: expect.stringMatching(/^\S+$/) })
    }))

  it('keeps two clients of one server apart, though their ids are the same', async () => {
    const server = new Scripted()
    await open(
      ({ link: one }) =>
        open(async ({ link: two }) => {
          const asked = range(20).flatMap((n) =>
            [one, two].map((link, who) => link.request('test/echo', params({ value: [who, n] }))),
          )
          expect((await Promise.all(asked)).map(({ echoed }) => echoed)).toEqual(
            range(20).flatMap((n) => [
              [0, n],
              [1, n],
            ]),
          )
        }, server),
      server,
    )
  })
}

const notifies = ({ open, params }: Kit, traits: TransportTraits): void => {
  it('a request’s notifications come in order, all of them before its answer, however many', () =>
    open(async ({ link }) => {
      const seen: unknown[] = []
      const asked = link.request('test/notify', params({ count: 2000 }), {
        onProgress: ({ progress }) => seen.push(progress),
      })
      expect(await asked).toMatchObject({ sent: 2000 })
      expect(seen).toEqual(range(2000).map((index) => index + 1))
    }))

  onlyIf(traits.hears)('the client’s own notifications arrive in order', () =>
    open(async ({ link, server }) => {
      for (const n of range(50)) await link.notify('test/note', params({ n }))
      await server.until(() => server.heard.length === 50)
      expect(server.heard.map(({ params: heard }) => heard?.['n'])).toEqual(range(50))
    }),
  )
}

const cancels = ({ open, params }: Kit): void => {
  it('C2, C3: a cancelled request rejects with the reason, and its exchange is aborted', () =>
    open(async ({ link, server }) => {
      const controller = new AbortController()
      const asked = outcome(link.request('test/hold', params({ name: 'x' }), { signal: controller.signal }))
      await server.until(() => server.begun.length === 1)
      const aborted = new Promise<void>((resolve) => server.begun[0]?.signal.addEventListener('abort', () => resolve()))
      controller.abort(new Error('enough'))
      expect(await asked).toBe(controller.signal.reason)
      await aborted
      expect(await link.request('test/echo', params({ value: 1 }))).toMatchObject({ echoed: 1 })
    }))

  it('cancelling one leaves the others alone', () =>
    open(async ({ link, server }) => {
      const controller = new AbortController()
      const gone = outcome(link.request('test/hold', params({ name: 'gone' }), { signal: controller.signal }))
      const kept = link.request('test/hold', params({ name: 'kept' }))
      await server.until(() => server.begun.length === 2)
      controller.abort()
      await gone
      server.release('kept')
      expect(await kept).toMatchObject({ held: 'kept' })
    }))

  it('a request that is cancelled beforehand is not made', () =>
    open(async ({ link, server }) => {
      const reason = new Error('never mind')
      expect(await outcome(link.request('test/echo', params(), { signal: AbortSignal.abort(reason) }))).toBe(reason)
      await link.request('test/echo', params({ value: 1 }))
      expect(server.begun).toHaveLength(1)
    }))
}

const asks = ({ open, params }: Kit): void => {
  it('Q6: the server may ask while it serves, several things at once, and ids of both sides may be equal', () =>
    open(async ({ link, client }) => {
      const asked = await Promise.all(range(10).map((of) => link.request('test/ask', params({ of, count: 3 }))))
      expect(asked.map(({ given }) => given)).toEqual(range(10).map((of) => range(3).map((index) => ({ of, index }))))
      expect(new Set(client.ids).size).toBe(30)
    }))
}

const ends = ({ open, params }: Kit, traits: TransportTraits): void => {
  it('closing while requests wait rejects them with ConnectionClosed, and aborts them at the server', () =>
    open(async ({ link, server }) => {
      const asked = range(5).map((name) => outcome(link.request('test/hold', params({ name }))))
      await server.until(() => server.begun.length === 5)
      const aborted = server.begun.map(
        ({ signal }) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
      )
      await link[Symbol.asyncDispose]()
      for (const error of await Promise.all(asked)) expect(error).toMatchObject({ name: 'ConnectionClosed' })
      await link.closed
      if (traits.asks ?? true) await Promise.all(aborted)
    }))

  it('closing twice does nothing more, and what comes later is refused', () =>
    open(async ({ link }) => {
      await Promise.all([link[Symbol.asyncDispose](), link[Symbol.asyncDispose]()])
      await link.closed
      expect(await outcome(link.request('test/echo', params()))).toMatchObject({ name: 'ConnectionClosed' })
      expect(await outcome(link.notify('test/note', params()))).toMatchObject({ name: 'ConnectionClosed' })
    }))
}

const broken: readonly (string | Uint8Array)[] = [
  'not json',
  '{"jsonrpc":"2.0","id":{},"method":"test/echo"}',
  '{"jsonrpc":"2.0","id":null,"method":"test/echo"}',
  '{"jsonrpc":"2.0","method":"n","params":[1]}',
  '{"jsonrpc":"2.0","id":77,"result":{}}',
  '[]',
  '{"a":',
  new Uint8Array([0x7b, 0xff, 0x7d]),
]

const survives = ({ open, params }: Kit, traits: TransportTraits): void => {
  it('B1, B3: after any frame that cannot be read the next request is served', () =>
    open(async ({ link, rig, server }) => {
      if (rig.inject === undefined) return
      for (const frame of broken) {
        await rig.inject(frame)
        expect(await link.request('test/echo', params({ value: 'canary' }))).toMatchObject({ echoed: 'canary' })
      }
      expect(server.begun).toHaveLength(broken.length)
    }))

  onlyIf(traits.silent)('a request that the server stays silent on costs nobody else', () =>
    open(async ({ link }) => {
      const controller = new AbortController()
      const silent = outcome(link.request('test/silent', params(), { signal: controller.signal }))
      expect(await link.request('test/echo', params({ value: 1 }))).toMatchObject({ echoed: 1 })
      controller.abort()
      expect(await silent).toBe(controller.signal.reason)
    }),
  )
}

/**
 * What every road must do, as tests of your own run: answer, keep order, cancel, end, and survive what cannot be read.
 *
 * @example
 * describeTransport('memory', async (server, client) => ({ link: await memory(server)(client) }))
 */
export const describeTransport = (name: string, setUp: SetUpTransport, traits: TransportTraits = {}): void => {
  const kit = kitOf(setUp, traits)
  describe(`${name} is a road`, () => {
    answers(kit)
    isolates(kit)
    keepsApart(kit)
    notifies(kit, traits)
    cancels(kit)
    if (traits.asks ?? true) asks(kit)
    ends(kit, traits)
    survives(kit, traits)
  })
}
