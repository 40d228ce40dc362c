import { LoopDriver } from '../loop-driver.ts'
import type { Order } from '../loops/loop.ts'
import { inTurn } from '../measure.ts'
import type { Cell, Measure, Settings, Subject } from '../measure.ts'
import { legacy, modern } from '../messages.ts'
import { cellOf, interleave } from '../rounds.ts'
import type { Contender } from '../rounds.ts'
import { programs } from '../subjects.ts'

/** What is measured of programs that make their calls themselves. */
type Course = {
  readonly id: string
  readonly title: string
  /** What a program's name begins with, and the endings of those that can do it. */
  readonly program: string
  readonly endings: readonly string[]
  readonly argument: string
  /** The server that a client talks to. */
  readonly server?: { readonly program: string; readonly args: readonly string[] }
  readonly inFlight: readonly number[]
  readonly calls: number
}

// The bare `fetch` is a client alone.
const subjects: ReadonlyMap<string, Subject> = new Map([...programs, ['fetch', 'bare fetch']])

const runCourse = async (course: Course, settings: Settings): Promise<Cell[]> => {
  const contenders: Contender<Order>[] = course.endings.map((ending) => ({
    subject: subjects.get(ending) ?? ending,
    open: () => LoopDriver.open(settings.node, `loops/${course.program}-${ending}`, [course.argument], course.server),
  }))
  const inFlights = settings.quick ? course.inFlight.slice(1, 2) : course.inFlight
  const calls = settings.quick ? Math.ceil(course.calls / 3) : course.calls
  const outcome = await interleave(
    contenders,
    {
      steps: inFlights.map((inFlight) => ({ key: `${inFlight}`, load: { calls, inFlight } })),
      rounds: settings.quick ? 3 : 7,
      // A client's calls over HTTP are not all compiled before the eighth thousand.
      warm: [{ calls: calls * 4, inFlight: 16 }],
    },
    settings,
  )
  return inFlights.map((inFlight) => {
    const title = `${course.title}, ${inFlight} in flight, CPU per call`
    return cellOf(outcome, `${inFlight}`, 'cpu', { id: `${course.id}/${inFlight}/cpu`, title, unit: 'us' })
  })
}

// What a quick run has no time for.
const legacies = new Set<string>([legacy, 'stateless'])

const measureOf = (id: string, title: string, courses: readonly Course[]): Measure => ({
  id,
  title,
  run(settings) {
    const chosen = courses.filter(({ argument }) => !settings.quick || !legacies.has(argument))
    return inTurn(chosen, (course) => course.title, runCourse, settings)
  },
})

const pipelined = [1, 64, 256]
const connected = [1, 16, 64]

/** The client over stdio, against a server that is as quick as can be. */
export const stdioClients: Measure = measureOf('client-stdio', 'Client over stdio, against a raw server', [
  {
    id: `client-stdio/${legacy}`,
    title: legacy,
    program: 'client-stdio',
    endings: ['floor', 'parley', 'v2', 'v1'],
    argument: legacy,
    inFlight: pipelined,
    calls: 6000,
  },
  {
    id: `client-stdio/${modern}`,
    title: modern,
    program: 'client-stdio',
    endings: ['floor', 'parley', 'v2'],
    argument: modern,
    inFlight: pipelined,
    calls: 6000,
  },
])

/** The client over HTTP, the same. The bare `fetch` beside it is what clients that stand on it cannot go below. */
export const httpClients: Measure = measureOf('client-http', 'Client over HTTP, against a raw server', [
  {
    id: `client-http/${legacy}`,
    title: legacy,
    program: 'client-http',
    endings: ['floor', 'fetch', 'parley', 'v2', 'v1'],
    argument: legacy,
    server: { program: 'servers/http-floor', args: ['stateful'] },
    inFlight: connected,
    calls: 2000,
  },
  {
    id: `client-http/${modern}`,
    title: modern,
    program: 'client-http',
    endings: ['floor', 'fetch', 'parley', 'v2'],
    argument: modern,
    server: { program: 'servers/http-floor', args: ['modern'] },
    inFlight: connected,
    calls: 2000,
  },
])

/** Client and server in one process. */
export const inMemory: Measure = measureOf('memory', 'Client and server in one process', [
  {
    id: `memory/${legacy}`,
    title: legacy,
    program: 'memory',
    endings: ['floor', 'parley', 'v2', 'v1'],
    argument: legacy,
    inFlight: [1, 64],
    calls: 6000,
  },
  {
    id: `memory/${modern}`,
    title: modern,
    program: 'memory',
    endings: ['floor', 'parley', 'v2'],
    argument: modern,
    inFlight: [1, 64],
    calls: 6000,
  },
])

/** A `Request` in, a `Response` out: the way of Workers, Bun, Deno and every framework that speaks those. */
export const webEntry: Measure = measureOf('fetch', 'The web-standard entry, no network', [
  {
    id: 'fetch/modern',
    title: modern,
    program: 'web',
    endings: ['floor', 'parley', 'v2', 'tmcp'],
    argument: 'modern',
    inFlight: [1, 16],
    calls: 3000,
  },
  {
    id: 'fetch/stateless',
    title: `${legacy} stateless`,
    program: 'web',
    endings: ['floor', 'parley', 'v2', 'v1', 'tmcp'],
    argument: 'stateless',
    inFlight: [1, 16],
    calls: 3000,
  },
])
