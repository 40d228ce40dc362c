import { describe, expect, it, vi } from 'vitest'
import { Peer, success } from '../src/index.ts'
import type { Exchange, Responder, RpcResponse } from '../src/index.ts'
import { pair, settled } from './pair.ts'

/** Numbers that look random and are the same for the same seed, so that a failure can be repeated. */
const randomOf = (seed: number): ((below: number) => number) => {
  let state = seed + 0x9e3779b9
  return (below) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39)
    state ^= state >>> 15
    return (state >>> 0) % below
  }
}

type Tally = { settled: number; value?: unknown }

const strange = [
  '',
  '[]',
  '{"jsonrpc":"2.0","id":{}}',
  '{"jsonrpc":"2.0","id":1,"result":1}',
  '{"method":"x"}',
  '\u0000',
]

/** One life of two peers: requests both ways, answers, cancels, noise and an end, in an order that the seed decides. */
const live = async (seed: number): Promise<{ tallies: Tally[]; peers: Peer[]; crossed: string[] }> => {
  const random = randomOf(seed)
  const [left, right] = pair()
  const waiting: (() => void)[] = []
  const crossed: string[] = []
  const responder = (name: string): Responder => ({
    respond: ({ request, signal, ask }: Exchange): Promise<RpcResponse | undefined> =>
      new Promise((resolve, reject) => {
        if (request.params?.['to'] !== name) crossed.push(`${name} got ${request.method}`)
        if (random(4) === 0) ask?.('back', { to: name === 'left' ? 'right' : 'left' }).catch(() => undefined)
        const answers = [
          () => resolve(success(request.id, { mine: request.params?.['mark'] })),
          () => reject(new Error('handler')),
          () => resolve(success(request.id, { big: 1n })),
        ]
        waiting.push(answers[Math.max(0, random(6) - 3)] ?? (() => undefined))
        signal.addEventListener('abort', () => resolve(undefined))
      }),
    hear: () => undefined,
  })
  const peers = [new Peer(left, responder('left')), new Peer(right, responder('right'))] as const
  const tallies: Tally[] = []
  const controllers: AbortController[] = []
  const request = (): void => {
    const from = random(2)
    const controller = new AbortController()
    controllers.push(controller)
    const tally: Tally = { settled: 0 }
    tallies.push(tally)
    const mark = tallies.length
    const note = (value: unknown): void => {
      tally.settled += 1
      tally.value = value
    }
    const options = random(2) === 0 ? { signal: controller.signal } : { timeout: 1 + random(500) }
    const params = { to: from === 0 ? 'right' : 'left', mark }
    const asked = peers[from === 0 ? 0 : 1].request('work', params, options)
    const check = async (): Promise<void> => {
      const result = await asked
      if (result['mine'] !== mark) crossed.push(`${mark} got ${JSON.stringify(result['mine'])}`)
      note(result)
    }
    check().catch(note)
  }
  const steps = [
    request,
    request,
    () => waiting.splice(random(waiting.length + 1), 1)[0]?.(),
    () => controllers[random(controllers.length + 1)]?.abort(),
    () => vi.advanceTimersByTime(random(200)),
    () => left.arrive(strange[random(strange.length)] ?? ''),
    () => void peers[random(2) === 0 ? 0 : 1].notify('notifications/x', { n: random(9) }).catch(() => undefined),
  ]
  for (let step = 0; step < 60; step += 1) {
    steps[random(steps.length)]?.()
    if (random(3) === 0) await settled()
  }
  const ends = [() => left.end(), () => left.fail(new Error('cut')), () => void peers[1][Symbol.asyncDispose]()]
  ends[random(ends.length)]?.()
  request()
  await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()))
  await settled()
  return { tallies, peers: [...peers], crossed }
}

describe('whatever happens in whatever order', () => {
  it.each(Array.from({ length: 100 }, (_, seed) => seed))(
    'every request has exactly one outcome, its own, and nothing is left behind (seed %i)',
    async (seed) => {
      vi.useFakeTimers()
      const { tallies, peers, crossed } = await live(seed)
      expect(tallies.map((tally) => tally.settled)).toEqual(tallies.map(() => 1))
      expect(crossed).toEqual([])
      expect(peers.map(({ pending }) => pending)).toEqual([0, 0])
      expect(vi.getTimerCount()).toBe(0)
      vi.useRealTimers()
    },
  )
})
