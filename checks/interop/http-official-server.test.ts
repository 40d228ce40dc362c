import { expect } from 'vitest'
import { capabilities, legacyVersions } from './expected.ts'
import { openPart } from './matrix.ts'
import { refusalOf } from './npm-server.ts'
import { named, scripts } from './scripts.ts'
import { overHttp } from './serving.ts'
import { takeTour } from './tour.ts'
import { connectParley, parley } from './visitors/parley.ts'
import { Persona } from './visitors/visitor.ts'

const column = openPart(
  20,
  `HTTP: our client, ${named('server')}`,
  `The official SDK behind ${named('node')}: the modern era, and the legacy one with sessions and without.`,
)

const meeting = { serve: overHttp(scripts.officialHttp), capabilities, missing: -32602 }

column('negotiated', (cell) => {
  takeTour(cell, { ...meeting, bring: parley(), version: '2026-07-28', era: 'modern' })
})
column('2026-07-28', (cell) => {
  takeTour(cell, { ...meeting, bring: parley(['2026-07-28']), version: '2026-07-28', era: 'modern' })
})
for (const version of legacyVersions) {
  column(version, (cell) => {
    takeTour(cell, { ...meeting, bring: parley([version]), version, era: 'legacy' })
  })
}

const sessionless = { refusal: /^Cannot request input /, heard: 'debug' } as const
const stateless = { ...meeting, serve: overHttp(scripts.officialHttp, 'stateless') }
column('sessionless, negotiated', (cell) => {
  takeTour(cell, { ...stateless, bring: parley(), version: '2026-07-28', era: 'modern' })
})
for (const version of legacyVersions) {
  column(`sessionless, ${version}`, (cell) => {
    takeTour(cell, { ...stateless, bring: parley([version]), version, era: 'legacy', sessionless })
  })
}

column('modern only', (cell) => {
  const serve = overHttp(scripts.officialHttp, 'modern')
  cell('negotiation', async () => {
    const { address, close } = await serve()
    const client = await connectParley(address, new Persona())
    expect({ version: client.version, era: client.era }).toEqual({ version: '2026-07-28', era: 'modern' })
    expect((await client.callTool('add', { a: 1, b: 2 })).structured).toEqual({ sum: 3 })
    await client.close()
    await close()
  })
  cell('negotiation: pinned to the other era', async () => {
    const { address, close } = await serve()
    const trying = connectParley(address, new Persona(), { versions: ['2025-11-25'] })
    const failure: unknown = await trying.catch((error: unknown) => error)
    await close()
    const { code, words } = refusalOf(failure)
    expect(code).toBe(-32022)
    return { words }
  })
})
