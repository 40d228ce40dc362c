import { capabilities, legacyVersions } from './expected.ts'
import { openPart } from './matrix.ts'
import { named, scripts } from './scripts.ts'
import { overStdio } from './serving.ts'
import { takeTour } from './tour.ts'
import { officialV1 } from './visitors/official-v1.ts'
import { officialV2 } from './visitors/official-v2.ts'

const column = openPart(
  6,
  `${named('client')} and ${named('sdk')}, our server`,
  'The official clients on the same tour, on a server written with Parley. “client” and “sdk” are the two.',
)

// Client 2.x shows the newer code for a resource that is not there, whichever came over the wire.
const meeting = { serve: overStdio(scripts.parley), capabilities, missing: -32602, strict: true }
const modern = { ...meeting, version: '2026-07-28', era: 'modern' } as const
const legacy = { ...meeting, era: 'legacy' } as const

column('client auto', (cell) => takeTour(cell, { ...modern, bring: officialV2('auto') }))
column('client 2026-07-28', (cell) => {
  takeTour(cell, { ...modern, bring: officialV2({ pin: '2026-07-28' }) })
})
for (const version of legacyVersions) {
  column(`client ${version}`, (cell) => {
    const { completions, ...older } = capabilities
    const offered = version === '2024-11-05' ? older : { completions, ...older }
    takeTour(cell, { ...legacy, version, capabilities: offered, bring: officialV2('legacy', version) })
  })
}
column('sdk', (cell) => takeTour(cell, { ...legacy, version: '2025-11-25', missing: -32002, bring: officialV1 }))
