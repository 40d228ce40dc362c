import { capabilities, legacyVersions } from './expected.ts'
import { openPart } from './matrix.ts'
import { named, scripts } from './scripts.ts'
import { overStdio } from './serving.ts'
import { takeTour } from './tour.ts'
import { officialV1 } from './visitors/official-v1.ts'
import { officialV2 } from './visitors/official-v2.ts'

const column = openPart(
  7,
  `Control: ${named('client')} and ${named('sdk')}, ${named('server')}`,
  'The same tour with nothing of ours in it: what fails here is not ours above. (The official clients hear a response ahead ' +
    'of the progress that came in one piece with it, and then know its token no more.)',
)

const meeting = { serve: overStdio(scripts.official), capabilities, missing: -32602 }

column('client auto', (cell) => {
  takeTour(cell, { ...meeting, version: '2026-07-28', era: 'modern', bring: officialV2('auto') })
})
for (const version of legacyVersions) {
  column(`client ${version}`, (cell) => {
    takeTour(cell, { ...meeting, version, era: 'legacy', bring: officialV2('legacy', version) })
  })
}
column('sdk', (cell) => takeTour(cell, { ...meeting, version: '2025-11-25', era: 'legacy', bring: officialV1 }))
