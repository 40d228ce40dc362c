import type { Awaitable } from '@parley/core'
import type { Arrival, Channel, Message } from '@parley/protocol'
import { describe, expect, it } from 'vitest'

/** Two ends of one road. */
export type ChannelRig = {
  near: Channel
  far: Channel
  /** Puts bytes on the road towards `far` as they are, one frame each; absent where the road cannot be made to carry them. */
  inject?: (frame: string | Uint8Array) => Promise<void> | void
  /** Lets go of whatever the channels themselves do not close. */
  close?: () => PromiseLike<void> | void
}

/** What a pair of channels is made by: a new one each time. */
export type MakeChannels = () => ChannelRig | Promise<ChannelRig>

const note = (n: unknown): Message => ({ kind: 'notification', method: 'test/note', params: { n } })

const broken: readonly (string | Uint8Array)[] = [
  'not json',
  '{"jsonrpc":"2.0","id":{},"method":"a"}',
  '{"jsonrpc":"2.0","id":1',
  '[[]]',
  'null',
  new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
  `{"jsonrpc":"2.0","method":"deep","params":{"x":${'['.repeat(200)}${']'.repeat(200)}}}`,
]

const withRig = async (make: MakeChannels, run: (rig: ChannelRig) => Promise<void>): Promise<void> => {
  const rig = await make()
  try {
    await run(rig)
  } finally {
    await rig.near[Symbol.asyncDispose]()
    await rig.far[Symbol.asyncDispose]()
    await rig.close?.()
  }
}

const take = async (channel: AsyncIterator<Arrival>, count: number): Promise<Message[]> => {
  const messages: Message[] = []
  while (messages.length < count) {
    const { done, value } = await channel.next()
    if (done === true) break
    messages.push(value.message)
  }
  return messages
}

const outcome = (sent: Awaitable<unknown>): Promise<unknown> => Promise.resolve(sent).catch((error: unknown) => error)

const carries = (make: MakeChannels): void => {
  const messages: Message[] = [
    { kind: 'request', id: 1, method: 'a', params: { text: 'é\u2028\u0000"\\ 😀 \ud800' } },
    { kind: 'request', id: '1', method: 'a', params: undefined },
    { kind: 'notification', method: 'n', params: undefined },
    { kind: 'result', id: 0, result: { a: { b: [null, 1.5, 1e300] } } },
    { kind: 'error', id: '', error: { code: -32000, message: 'x', data: null } },
    { kind: 'batch', messages: [{ kind: 'notification', method: 'n', params: {} }] },
  ]

  it.each(messages)('T1: carries %j unchanged, both ways', (message) =>
    withRig(make, async ({ near, far }) => {
      await Promise.all([near.send(message), far.send(message)])
      expect(await take(far[Symbol.asyncIterator](), 1)).toEqual([message])
      expect(await take(near[Symbol.asyncIterator](), 1)).toEqual([message])
    }),
  )
}

const keepsOrder = (make: MakeChannels): void => {
  it('carries messages of a megabyte among small ones, in the order of the calls', () =>
    withRig(make, async ({ near, far }) => {
      const sizes = [1, 1_048_576, 1, 300_000, 1]
      const sent = Promise.all(sizes.map(async (size) => near.send(note('x'.repeat(size)))))
      const arrived = await take(far[Symbol.asyncIterator](), sizes.length)
      await sent
      expect(arrived.map((message) => JSON.stringify(message).length)).toEqual(
        sizes.map((size) => JSON.stringify(note('x'.repeat(size))).length),
      )
    }))

  it('keeps the order of ten thousand messages, whether their sends were awaited or not', () =>
    withRig(make, async ({ near, far }) => {
      const sending = (async () => {
        for (let n = 0; n < 5000; n += 1) await near.send(note(n))
        await Promise.all(Array.from({ length: 5000 }, async (_, n) => near.send(note(5000 + n))))
      })()
      const iterator = far[Symbol.asyncIterator]()
      const arrived = await take(iterator, 10_000)
      // Wanting one more is what makes room for the last of the senders.
      const more = iterator.next()
      await sending
      expect(arrived).toEqual(Array.from({ length: 10_000 }, (_, n) => note(n)))
      await near[Symbol.asyncDispose]()
      expect((await more).done).toBe(true)
    }))
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const pushesBack = (make: MakeChannels): void => {
  it('makes a sender wait while nobody reads, and lets it go on once somebody does', () =>
    withRig(make, async ({ near, far }) => {
      const most = 20_000
      const count = { sent: 0 }
      const sendAll = async (): Promise<void> => {
        for (; count.sent < most; count.sent += 1) await near.send(note('x'.repeat(10_000)))
      }
      const sending = outcome(sendAll())
      for (let quiet = 0, before = -1; quiet < 20; quiet = count.sent === before ? quiet + 1 : 0) {
        before = count.sent
        await turn()
      }
      const stopped = count.sent
      expect(stopped).toBeLessThan(most)
      const iterator = far[Symbol.asyncIterator]()
      while (count.sent < stopped + 100) await take(iterator, 1)
      await near[Symbol.asyncDispose]()
      expect(await sending).toMatchObject({ name: 'ConnectionClosed' })
    }))
}

const isolates = (make: MakeChannels): void => {
  it('shares nothing between its ends: what is changed after it was sent, or where it arrived, changes nowhere else', () =>
    withRig(make, async ({ near, far }) => {
      const params = { list: [1] }
      const sent = near.send({ kind: 'notification', method: 'n', params })
      params.list.push(2)
      await sent
      const [arrived] = await take(far[Symbol.asyncIterator](), 1)
      expect(arrived).toEqual({ kind: 'notification', method: 'n', params: { list: [1] } })
    }))

  it('what JSON cannot hold is refused at once, and the road goes on', () =>
    withRig(make, async ({ near, far }) => {
      expect(await outcome(near.send({ kind: 'result', id: 1, result: { big: 1n } }))).toBeInstanceOf(TypeError)
      await near.send(note(1))
      expect(await take(far[Symbol.asyncIterator](), 1)).toEqual([note(1)])
    }))
}

const survives = (make: MakeChannels): void => {
  it('a frame that cannot be read arrives as broken, and the next one as what it is', () =>
    withRig(make, async ({ near, far, inject }) => {
      if (inject === undefined) return
      const iterator = far[Symbol.asyncIterator]()
      for (const [index, frame] of broken.entries()) {
        await inject(frame)
        await near.send(note(index))
        const seen: Message[] = []
        // A road may leave out what is not even JSON, but never what follows it.
        while (JSON.stringify(seen.at(-1)) !== JSON.stringify(note(index))) seen.push(...(await take(iterator, 1)))
        for (const each of seen.slice(0, -1)) expect(['broken', 'batch']).toContain(each.kind)
      }
    }))
}

const ends = (make: MakeChannels): void => {
  it('closing ends the iteration at both ends', () =>
    withRig(make, async ({ near, far }) => {
      const waiting = [near, far].map((channel) => channel[Symbol.asyncIterator]().next())
      await near[Symbol.asyncDispose]()
      expect((await Promise.all(waiting)).map(({ done }) => done)).toEqual([true, true])
    }))

  it('what had arrived before the close can still be read', () =>
    withRig(make, async ({ near, far }) => {
      await near.send(note(1))
      const iterator = far[Symbol.asyncIterator]()
      expect(await take(iterator, 1)).toEqual([note(1)])
      await near.send(note(2))
      await near[Symbol.asyncDispose]()
      expect(await take(iterator, 2)).toEqual([note(2)])
    }))

  it('closing again, and at the other end, does nothing', () =>
    withRig(make, async ({ near, far }) => {
      await Promise.all([near[Symbol.asyncDispose](), near[Symbol.asyncDispose](), far[Symbol.asyncDispose]()])
      await near[Symbol.asyncDispose]()
    }))

  it('every send settles once this end is closed, and later ones are refused with ConnectionClosed', () =>
    withRig(make, async ({ near }) => {
      // Nobody reads at the far end, so that some of these wait for room.
      const sends = Array.from({ length: 3000 }, () => outcome(near.send(note('x'.repeat(1000)))))
      await near[Symbol.asyncDispose]()
      for (const settled of await Promise.all(sends)) {
        if (settled !== undefined) expect(settled).toMatchObject({ name: 'ConnectionClosed' })
      }
      expect(await outcome(near.send(note(1)))).toMatchObject({ name: 'ConnectionClosed' })
    }))

  it('every send settles once the far end is closed', () =>
    withRig(make, async ({ near, far }) => {
      const sends = Array.from({ length: 3000 }, () => outcome(near.send(note('x'.repeat(1000)))))
      await far[Symbol.asyncDispose]()
      await Promise.all(sends)
    }))
}

/**
 * The contract of `Channel`, as tests of your own run: order, isolation, backpressure that settles, an end that ends.
 *
 * @example
 * describeChannel('a pair in memory', () => {
 *   const [near, far] = pair()
 *   return { near, far }
 * })
 */
export const describeChannel = (name: string, make: MakeChannels): void => {
  describe(`${name} is a channel`, () => {
    carries(make)
    keepsOrder(make)
    pushesBack(make)
    isolates(make)
    survives(make)
    ends(make)
  })
}
