import { capabilities, legacyVersions } from './expected.ts'
import { openPart } from './matrix.ts'
import { named, scripts } from './scripts.ts'
import { overHttp } from './serving.ts'
import { takeTour } from './tour.ts'
import { officialV1 } from './visitors/official-v1.ts'
import { officialV2 } from './visitors/official-v2.ts'

const column = openPart(
  11,
  `HTTP: ${named('client')} and ${named('sdk')}, our server without sessions`,
  'The tour on `serveHttp` with `sessions: false`, as it runs where nothing is remembered between two requests.',
)

const meeting = { serve: overHttp(scripts.parleyHttp, 'stateless'), capabilities, missing: -32602, strict: true }
const modern = { ...meeting, version: '2026-07-28', era: 'modern' } as const
const refusal = /^This needs client capabilities that were not declared: |^The revision in use has no /
const unremembered = /needs a session, and this server keeps none$/
const sessionless = { refusal, heard: 'none', unremembered, runsOn: true } as const
const legacy = { ...meeting, era: 'legacy', sessionless } as const
// What a session would have to remember, and what there would have to be a stream for, is not offered.
const lasting = { completions: {}, prompts: {}, resources: {}, tools: {} }

column('client auto', (cell) => takeTour(cell, { ...modern, bring: officialV2('auto') }))
column('client 2026-07-28', (cell) => {
  takeTour(cell, { ...modern, bring: officialV2({ pin: '2026-07-28' }) })
})
for (const version of legacyVersions) {
  column(`client ${version}`, (cell) => {
    const { completions, ...older } = lasting
    const offered = version === '2024-11-05' ? older : { completions, ...older }
    takeTour(cell, { ...legacy, version, capabilities: offered, bring: officialV2('legacy', version) })
  })
}
column('sdk', (cell) => {
  takeTour(cell, { ...legacy, capabilities: lasting, version: '2025-11-25', missing: -32002, bring: officialV1 })
})
