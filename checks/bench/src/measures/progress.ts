import type { Cell, Measure, Settings } from '../measure.ts'
import { legacy, modern } from '../messages.ts'
import type { CallPlan } from '../messages.ts'
import { cellOf, interleave } from '../rounds.ts'
import type { Contender, Opened } from '../rounds.ts'
import { httpContenders, stdioContenders } from '../subjects.ts'

type Load = { readonly calls: number; readonly inFlight: number; readonly connections: number; plan(): CallPlan }

const counting = (n: number): Load => ({
  calls: 1,
  inFlight: 1,
  connections: 1,
  plan: () => ({ name: 'count', arguments: { n }, expected: `counted ${n}`, notified: n }),
})

/** A server for each sample, for what it held at most belongs to that one call; the shorter calls before it compile it. */
const afresh = ({ subject, open }: Contender<Load>): Contender<Load> => ({
  subject,
  open: async (): Promise<Opened<Load>> => ({
    run: async (load) => {
      await using server = await open()
      for (let warm = 0; warm < 3; warm++) await server.run(counting(700))
      // Awaited here, or the server would be ended first.
      return await server.run(load)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
})

type Road = { readonly id: string; readonly title: string; contenders(node: string): Contender<Load>[] }

const roads: readonly Road[] = [
  { id: `stdio/${legacy}`, title: `stdio, ${legacy}`, contenders: (node) => stdioContenders(node, legacy) },
  {
    id: 'http/stateful',
    title: `HTTP, ${legacy} sessions`,
    contenders: (node) => httpContenders(node, 'stateful', 'sse'),
  },
  { id: 'http/modern', title: `HTTP, ${modern}`, contenders: (node) => httpContenders(node, 'modern', 'sse') },
]

const measureRoad = async (road: Road, n: number, settings: Settings): Promise<Cell[]> => {
  const key = String(n)
  const outcome = await interleave(
    road.contenders(settings.node).map(afresh),
    { steps: [{ key, load: counting(n) }], rounds: settings.quick || n > 10_000 ? 2 : 5, warm: [] },
    settings,
  )
  const id = `progress/${road.id}/${n}`
  const title = `${road.title}, ${n.toLocaleString('en-US')}`
  return [
    cellOf(outcome, key, 'each', { id: `${id}/cpu`, title: `${title}, CPU each`, unit: 'us' }),
    cellOf(outcome, key, 'first', { id: `${id}/first`, title: `${title}, the first at the reader after`, unit: 'ms' }),
    cellOf(outcome, key, 'peak', { id: `${id}/peak`, title: `${title}, peak memory`, unit: 'KiB' }),
  ]
}

/** Progress notifications of one call, counted where they are delivered. */
export const progress: Measure = {
  id: 'progress',
  title: 'Progress notifications from one call, counted as delivered',
  async run(settings) {
    const cells: Cell[] = []
    for (const n of settings.quick ? [10_000] : [10_000, 100_000]) {
      for (const road of roads) {
        settings.say(`  ${road.title}, ${n}`)
        cells.push(...(await measureRoad(road, n, settings)))
      }
    }
    return cells
  },
}
