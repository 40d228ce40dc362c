import { manyContender } from '../many-driver.ts'
import type { ManyLoad } from '../many-driver.ts'
import { inTurn } from '../measure.ts'
import type { Cell, Measure, Settings } from '../measure.ts'
import { legacy, modern } from '../messages.ts'
import type { Version } from '../messages.ts'
import { cellOf, interleave } from '../rounds.ts'
import { speakersOf } from '../subjects.ts'

// So many lists that a round takes about as long with few tools as with many.
const listsOf = (tools: number, quick: boolean): number =>
  Math.max(2, Math.ceil((quick ? 2000 : 10_000) / (tools + 100)))

const stepOf = (tools: number, kind: ManyLoad['kind'], quick: boolean): { key: string; load: ManyLoad } => {
  const times = kind === 'list' ? listsOf(tools, quick) : quick ? 1280 : 2560
  return { key: `${kind} ${tools}`, load: { tools, kind, times } }
}

const measureEra = async (version: Version, settings: Settings): Promise<Cell[]> => {
  const { quick, node } = settings
  const counts = quick ? [3, 1000] : [3, 100, 1000, 5000]
  const steps = counts.flatMap((tools) => [stepOf(tools, 'list', quick), stepOf(tools, 'call', quick)])
  const outcome = await interleave(
    speakersOf(version).map((speaker) => manyContender(node, speaker, counts, version)),
    { steps, rounds: quick ? 3 : 7, warm: [...steps, ...steps].map(({ load }) => load) },
    settings,
  )
  return counts.flatMap((tools) => {
    const row = `${version}, ${tools.toLocaleString('en-US')} tools`
    const id = `lists/${version}/${tools}`
    return [
      cellOf(outcome, `list ${tools}`, 'cpu', { id: `${id}/list/cpu`, title: `${row}, list, CPU`, unit: 'us' }),
      cellOf(outcome, `list ${tools}`, 'first', { id: `${id}/list/first`, title: `${row}, first list`, unit: 'ms' }),
      cellOf(outcome, `call ${tools}`, 'cpu', { id: `${id}/call/cpu`, title: `${row}, call, CPU`, unit: 'us' }),
    ]
  })
}

/** `tools/list` and `tools/call` of servers with few tools and with many. */
export const lists: Measure = {
  id: 'lists',
  title: 'Many tools over stdio, the whole list on one page',
  run: (settings) => inTurn<Version>(settings.quick ? [legacy] : [legacy, modern], String, measureEra, settings),
}
