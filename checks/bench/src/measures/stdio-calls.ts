import { inTurn } from '../measure.ts'
import type { Cell, Measure, Settings } from '../measure.ts'
import { addition, legacy, modern } from '../messages.ts'
import type { Version } from '../messages.ts'
import { cellOf, interleave } from '../rounds.ts'
import type { Contender } from '../rounds.ts'
import type { StdioLoad } from '../stdio-driver.ts'
import { stdioContenders } from '../subjects.ts'

const load = (calls: number, inFlight: number): StdioLoad => ({ calls, inFlight, plan: addition })

const callsOf = (inFlight: number, quick: boolean): number => (inFlight === 1 ? 1500 : 6000) * (quick ? 1 : 2)

const measureEra = async (version: Version, settings: Settings): Promise<Cell[]> => {
  const inFlights = settings.quick ? [1, 64] : [1, 64, 256]
  const contenders: Contender<StdioLoad>[] = stdioContenders(settings.node, version)
  const outcome = await interleave(
    contenders,
    {
      steps: inFlights.map((inFlight) => ({
        key: `${inFlight}`,
        load: load(callsOf(inFlight, settings.quick), inFlight),
      })),
      rounds: settings.quick ? 5 : 9,
      warm: [load(10_000, 64), load(2000, 1)],
    },
    settings,
  )
  return inFlights.flatMap((inFlight) => {
    const id = `stdio/call/${version}/${inFlight}`
    const title = `${version}, ${inFlight} in flight`
    const cells = [
      cellOf(outcome, `${inFlight}`, 'cpu', { id: `${id}/cpu`, title: `${title}, CPU per call`, unit: 'us' }),
    ]
    if (inFlight === 1) {
      cells.push(cellOf(outcome, '1', 'p50', { id: `${id}/p50`, title: `${title}, p50 of the answer`, unit: 'us' }))
    }
    return cells
  })
}

/** `tools/call` over stdio: processor time of the server per call, and how long a lone call takes. */
export const stdioCalls: Measure = {
  id: 'stdio',
  title: 'tools/call over stdio',
  run: (settings) => inTurn([legacy, modern] as const, String, measureEra, settings),
}
