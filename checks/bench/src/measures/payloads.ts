import type { HttpMode } from '../http-driver.ts'
import { inTurn } from '../measure.ts'
import type { Cell, Measure, Settings } from '../measure.ts'
import { legacy, modern } from '../messages.ts'
import type { CallPlan } from '../messages.ts'
import { cellOf, interleave } from '../rounds.ts'
import type { Contender, Step } from '../rounds.ts'
import { httpContenders, stdioContenders } from '../subjects.ts'

const chunk = 65_536
const sizes = [1_000, 100_000, 1_000_000, 10_000_000]
const named = new Map([
  [1_000, '1kB'],
  [100_000, '100kB'],
  [1_000_000, '1MB'],
  [10_000_000, '10MB'],
])

type Load = {
  readonly calls: number
  readonly inFlight: number
  readonly connections: number
  plan(index: number): CallPlan
  readonly chunk?: number
}

const sentence = 'The quick brown fox jumps over 13 lazy dogs, "again" and again. '
const textOf = (size: number): string => sentence.repeat(Math.ceil(size / sentence.length)).slice(0, size)

const load = (size: number, chunked: boolean, quick: boolean): Load => {
  const text = textOf(size)
  const plan: CallPlan = { name: 'echo', arguments: { text }, expected: text }
  const calls = Math.min(1000, Math.ceil((quick ? 10_000_000 : 30_000_000) / size))
  return { calls, inFlight: 1, connections: 1, plan: () => plan, ...(chunked && { chunk }) }
}

const chunkedSizes = (quick: boolean): number[] => (quick ? [10_000_000] : [100_000, 1_000_000, 10_000_000])

const stepsOf = (quick: boolean): (Step<Load> & { size: number; title: string })[] => [
  ...sizes.map((size) => ({
    key: `${named.get(size)}/whole`,
    size,
    title: `${named.get(size)}`,
    load: load(size, false, quick),
  })),
  ...chunkedSizes(quick).map((size) => ({
    key: `${named.get(size)}/64kB`,
    size,
    title: `${named.get(size)} in chunks of 64 kB`,
    load: load(size, true, quick),
  })),
]

type Road = { readonly id: string; readonly title: string; contenders(node: string): Contender<Load>[] }

const http = (mode: HttpMode, title: string): Road => ({
  id: `http/${mode}`,
  title: `HTTP, ${title}`,
  contenders: (node) => httpContenders(node, mode, 'json'),
})

const roads: readonly Road[] = [
  { id: `stdio/${legacy}`, title: `stdio, ${legacy}`, contenders: (node) => stdioContenders(node, legacy) },
  http('stateful', `${legacy} sessions`),
  http('modern', modern),
]

const measureRoad = async (road: Road, settings: Settings): Promise<Cell[]> => {
  const steps = stepsOf(settings.quick)
  const outcome = await interleave(
    road.contenders(settings.node),
    { steps, rounds: settings.quick ? 2 : 4, warm: [load(1_000, false, false), load(100_000, false, true)] },
    settings,
  )
  return steps.map(({ key, size, title }) => {
    const cell = cellOf(outcome, key, 'cpu', {
      id: `payload/${road.id}/${key}`,
      title: `${road.title}, ${title}`,
      unit: 'ms',
    })
    const perMegabyte = (sample: number): number => sample / 1000 / (size / 1_000_000)
    return { ...cell, series: cell.series.map((series) => ({ ...series, samples: series.samples.map(perMegabyte) })) }
  })
}

/** One text sent there and back: processor time of the server for each megabyte of it. Flat is linear. */
export const payloads: Measure = {
  id: 'payload',
  title: 'A text there and back: CPU per MB of text',
  run: (settings) => inTurn(settings.quick ? roads.slice(0, 1) : roads, ({ title }) => title, measureRoad, settings),
}
