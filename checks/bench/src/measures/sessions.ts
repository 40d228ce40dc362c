import { IdleDriver } from '../idle-driver.ts'
import type { IdleLoad } from '../idle-driver.ts'
import { inTurn } from '../measure.ts'
import type { Cell, Measure, Settings } from '../measure.ts'
import { legacy, modern } from '../messages.ts'
import { cellOf, interleave } from '../rounds.ts'
import { programs } from '../subjects.ts'

type Group = {
  readonly kind: IdleLoad['kind']
  readonly tools: number
  readonly counts: readonly number[]
  /** Who takes part, by the endings of their programs. */
  readonly endings: readonly string[]
}

const groupsOf = (quick: boolean): Group[] => {
  const endings = quick ? ['floor', 'parley'] : [...programs.keys()]
  const counts = quick ? [1000] : [1000, 5000]
  return [
    { kind: 'session', tools: 3, counts, endings },
    ...(quick ? [] : [{ kind: 'session', tools: 100, counts: [1000], endings } as const]),
    { kind: 'listen', tools: 3, counts, endings: endings.filter((ending) => ending !== 'v1') },
  ]
}

const rowsOf: Readonly<Record<IdleLoad['kind'], readonly (readonly [quantity: string, words: string])[]>> = {
  session: [
    ['session', 'an idle session'],
    ['stream', 'its open stream, beside that'],
    ['left', 'what is left of both'],
  ],
  listen: [
    ['stream', 'a stream that listens'],
    ['left', 'what is left of it'],
  ],
}

const measureGroup = async ({ kind, tools, counts, endings }: Group, settings: Settings): Promise<Cell[]> => {
  const outcome = await interleave(
    endings.map((ending) => ({
      subject: programs.get(ending) ?? ending,
      open: () => IdleDriver.open(settings.node, `servers/idle-${ending}`, tools),
    })),
    {
      steps: counts.map((count) => ({ key: `${count}`, load: { kind, count } })),
      // What is counted is the same each time.
      rounds: 1,
      // What is compiled on the way stays, and would be counted as left.
      warm: [{ kind, count: settings.quick ? 500 : 1000 }],
    },
    settings,
  )
  return counts.flatMap((count) => {
    const row = `${count.toLocaleString('en-US')} at once, ${kind === 'session' ? legacy : modern}, ${tools} tools`
    const id = `idle/${kind}/${tools}/${count}`
    return rowsOf[kind].map(([quantity, words]) =>
      cellOf(outcome, `${count}`, quantity, { id: `${id}/${quantity}`, title: `${row}: ${words}`, unit: 'KiB' }),
    )
  })
}

/** What sessions and streams take of the heap while nothing happens on them, and once they have ended. */
export const sessions: Measure = {
  id: 'idle',
  title: 'Heap for each idle session and stream',
  run: (settings) =>
    inTurn(groupsOf(settings.quick), ({ kind, tools }) => `${kind}, ${tools} tools`, measureGroup, settings),
}
