import { gzipSync } from 'node:zlib'
import { bundle, whenLoaded } from '../bundles.ts'
import { installOurs, installPublic } from '../installs.ts'
import type { Install } from '../installs.ts'
import { inTurn } from '../measure.ts'
import type { Cell, Measure, Series, Settings, Subject } from '../measure.ts'
import { programPath } from '../process.ts'
import { programs } from '../subjects.ts'

type Shape = {
  readonly id: string
  readonly title: string
  readonly platform: 'node' | 'browser'
  readonly endings: string[]
}

const shapes: readonly Shape[] = [
  { id: 'stdio', title: 'stdio server', platform: 'node', endings: ['parley', 'v2', 'v1', 'tmcp'] },
  { id: 'http', title: 'HTTP server on Node', platform: 'node', endings: ['parley', 'v2', 'v1'] },
  { id: 'fetch', title: 'HTTP server as a fetch handler', platform: 'browser', endings: ['parley', 'v2', 'tmcp'] },
  { id: 'client', title: 'HTTP client in a browser', platform: 'browser', endings: ['parley', 'v2', 'v1'] },
]

type Sizes = { readonly min: number; readonly gzip: number; readonly later: number }

const sizesOf = async (shape: Shape, ending: string): Promise<Sizes> => {
  const chunks = await bundle(programPath(`bundled/${shape.id}-${ending}`), shape.platform)
  const { first, later } = whenLoaded(chunks)
  // Each chunk is compressed by itself, as it is sent.
  const gzip = (all: typeof chunks): number =>
    all.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0)
  const min = first.reduce((sum, { code }) => sum + Buffer.byteLength(code), 0)
  return { min, gzip: gzip(first), later: gzip(later) }
}

const measureShape = async (shape: Shape): Promise<Cell[]> => {
  const all: [Subject, Sizes][] = []
  for (const ending of shape.endings) all.push([programs.get(ending) ?? ending, await sizesOf(shape, ending)])
  const row = (quantity: keyof Sizes, words: string): Cell => ({
    id: `size/${shape.id}/${quantity}`,
    title: `${shape.title}, ${words}`,
    unit: 'bytes',
    series: all.map(([subject, sizes]) => ({ subject, samples: [sizes[quantity]] })),
  })
  return [
    row('min', 'minified'),
    row('gzip', 'minified and compressed'),
    row('later', 'loaded only when needed, compressed'),
  ]
}

const installations: readonly (readonly [subject: Subject, make: () => Promise<Install>])[] = [
  ['parley', () => installOurs(['core', 'protocol', 'server', 'transports'])],
  ['official v2', () => installPublic('v2', ['@modelcontextprotocol/server', '@modelcontextprotocol/node'])],
  ['official v1', () => installPublic('v1', ['@modelcontextprotocol/sdk'])],
  [
    'tmcp',
    () => installPublic('tmcp', ['tmcp', '@tmcp/transport-stdio', '@tmcp/transport-http', '@tmcp/adapter-zod', 'zod']),
  ],
]

const measureInstalls = async (settings: Settings): Promise<Cell[]> => {
  const made: [Subject, Install][] = []
  const refusals: string[] = []
  for (const [subject, make] of installations) {
    settings.say(`  installing ${subject}`)
    try {
      made.push([subject, await make()])
    } catch (error) {
      // Without the registry there is nothing to be said of it.
      refusals.push(`${subject} could not be installed`)
      settings.say(`  ${subject}: ${String(error).slice(0, 300)}`)
    }
  }
  const series = (quantity: keyof Install): Series[] =>
    made.map(([subject, install]) => ({ subject, samples: [install[quantity]] }))
  const note = refusals.length > 0 ? { note: refusals.join('; ') } : {}
  return [
    { id: 'install/packages', title: 'server installed, packages', unit: 'count', series: series('packages'), ...note },
    { id: 'install/files', title: 'server installed, files', unit: 'count', series: series('files') },
    { id: 'install/bytes', title: 'server installed, size of the files', unit: 'bytes', series: series('bytes') },
  ]
}

/** What has to be sent to a browser, bundled for a function, or put on a disk. */
export const sizes: Measure = {
  id: 'size',
  title: 'Size of bundles with one tool and no schema library, and of installations',
  async run(settings) {
    const bundles = await inTurn(shapes, (shape) => shape.title, measureShape, settings)
    return [...bundles, ...(await measureInstalls(settings))]
  },
}
