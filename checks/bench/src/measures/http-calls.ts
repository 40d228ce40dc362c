import type { HttpLoad, HttpMode } from '../http-driver.ts'
import { inTurn } from '../measure.ts'
import type { Cell, Measure, Settings } from '../measure.ts'
import { addition, legacy, modern, toldAddition } from '../messages.ts'
import type { CallPlan } from '../messages.ts'
import { cellOf, interleave } from '../rounds.ts'
import type { Outcome } from '../rounds.ts'
import { httpContenders } from '../subjects.ts'

type Way = { readonly mode: HttpMode; readonly form: 'json' | 'sse'; readonly title: string }

const ways: readonly Way[] = [
  { mode: 'modern', form: 'json', title: `${modern}, JSON` },
  { mode: 'modern', form: 'sse', title: `${modern}, event stream` },
  { mode: 'stateless', form: 'json', title: `${legacy} stateless, JSON` },
  { mode: 'stateless', form: 'sse', title: `${legacy} stateless, event stream` },
  { mode: 'stateful', form: 'json', title: `${legacy} sessions, JSON` },
  { mode: 'stateful', form: 'sse', title: `${legacy} sessions, event stream` },
]

// What a quick run has time for: each way that an answer can go out, once.
const quickly = ({ mode, form }: Way): boolean => mode === 'modern' || (mode === 'stateful' && form === 'json')

/** Says of a row that is about JSON who answered with an event stream for all that. */
const streamsNote = (outcome: Outcome, key: string, { form }: Way): { note?: string } => {
  const streaming = [...(outcome.samples.get(key) ?? [])].filter(([, { streamed = [] }]) => streamed.includes(1))
  if (form === 'sse' || streaming.length === 0) return {}
  return { note: `an event stream from ${streaming.map(([subject]) => subject).join(' and ')}` }
}

const measureWay = async (way: Way, settings: Settings): Promise<Cell[]> => {
  const { mode, form, title } = way
  const counts = settings.quick ? [16] : [1, 16, 64]
  const plan = (index: number): CallPlan => (form === 'sse' ? toldAddition(index) : addition(index))
  const load = (calls: number, connections: number): HttpLoad => ({ calls, connections, plan })
  const calls = settings.quick ? 500 : 1000
  const outcome = await interleave(
    httpContenders(settings.node, mode, form),
    {
      steps: counts.map((count) => ({ key: `${count}`, load: load(calls, count) })),
      rounds: settings.quick ? 3 : 5,
      warm: [load(settings.quick ? 2000 : 6000, 16)],
    },
    settings,
  )
  return counts.flatMap((count) => {
    const id = `http/call/${mode}/${form}/${count}`
    const row = `${title}, ${count} connection${count === 1 ? '' : 's'}`
    const cells = [
      cellOf(outcome, `${count}`, 'cpu', {
        id: `${id}/cpu`,
        title: `${row}, CPU per call`,
        unit: 'us',
        ...streamsNote(outcome, `${count}`, way),
      }),
    ]
    if (!settings.quick) {
      cells.push(cellOf(outcome, `${count}`, 'p50', { id: `${id}/p50`, title: `${row}, p50`, unit: 'us' }))
      cells.push(cellOf(outcome, `${count}`, 'p99', { id: `${id}/p99`, title: `${row}, p99`, unit: 'us' }))
    }
    return cells
  })
}

/** `tools/call` over Streamable HTTP: processor time of the server per call, and how long calls take. */
export const httpCalls: Measure = {
  id: 'http',
  title: 'tools/call over Streamable HTTP, kept connections',
  run(settings) {
    const chosen = ways.filter((way) => !settings.quick || quickly(way))
    return inTurn(chosen, ({ title }) => title, measureWay, settings)
  },
}
