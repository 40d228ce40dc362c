import { NegotiationFailed, RpcError } from '@parley/core'
import { expect } from 'vitest'
import { capabilities, legacyVersions } from './expected.ts'
import { openPart } from './matrix.ts'
import { named, scripts } from './scripts.ts'
import { overStdio } from './serving.ts'
import { takeTour } from './tour.ts'
import { connectParley, parley } from './visitors/parley.ts'
import { Persona } from './visitors/visitor.ts'

const column = openPart(
  4,
  `Our client, ${named('server')}`,
  'A tour of every feature, on a server written with the official SDK; in the end one that serves one era alone.',
)

const meeting = { serve: overStdio(scripts.official), capabilities, missing: -32602 }

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

const open = (only: string, versions?: string[]) =>
  connectParley({ command: process.execPath, args: [scripts.official, only] }, new Persona(), { versions })

/** The server's own words on why nothing came of it. */
const refusal = async (only: string, versions: string[]): Promise<string> => {
  const failure: unknown = await open(only, versions).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(NegotiationFailed)
  const cause = failure instanceof NegotiationFailed ? failure.cause : undefined
  expect(cause).toBeInstanceOf(RpcError)
  return cause instanceof RpcError ? cause.message : ''
}

for (const [only, version, other] of [
  ['modern', '2026-07-28', '2025-11-25'],
  ['legacy', '2025-11-25', '2026-07-28'],
] as const) {
  column(`${only} only`, (cell) => {
    cell('negotiation', async () => {
      await using client = await open(only)
      expect({ version: client.version, era: client.era }).toEqual({ version, era: only })
      expect((await client.callTool('add', { a: 1, b: 2 })).structured).toEqual({ sum: 3 })
    })
    cell('negotiation: pinned to the other era', async () => ({ words: await refusal(only, [other]) }))
  })
}
