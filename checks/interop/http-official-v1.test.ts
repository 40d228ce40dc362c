import { capabilities, legacyVersions } from './expected.ts'
import { openPart } from './matrix.ts'
import { named, scripts } from './scripts.ts'
import { overHttp } from './serving.ts'
import { takeTour } from './tour.ts'
import { parley } from './visitors/parley.ts'

const column = openPart(
  21,
  `HTTP: our client, ${named('sdk')}`,
  'The same tour on the SDK of the legacy era, with sessions and without.',
)

const meeting = { capabilities, missing: -32602, era: 'legacy', unknownTool: 'result' } as const
const kept = { ...meeting, serve: overHttp(scripts.officialV1) }

column('negotiated', (cell) => takeTour(cell, { ...kept, bring: parley(), version: '2025-11-25' }))
for (const version of legacyVersions) {
  column(version, (cell) => takeTour(cell, { ...kept, bring: parley([version]), version }))
}
const sessionless = { refusal: /^Client does not support /, heard: 'warning' } as const
const stateless = { ...meeting, serve: overHttp(scripts.officialV1, 'stateless'), sessionless }
for (const version of legacyVersions) {
  column(`sessionless, ${version}`, (cell) => takeTour(cell, { ...stateless, bring: parley([version]), version }))
}
