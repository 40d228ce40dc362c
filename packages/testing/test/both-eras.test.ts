// oxlint-disable vitest/no-standalone-expect -- bothEras makes the tests that these stand in
import { Server } from '@parley/server'
import { expect, it } from 'vitest'
import { bothEras } from '../src/index.ts'
import type { EraRun } from '../src/index.ts'

const runs: Omit<EraRun, 'client'>[] = []
const servers: { rehearse: boolean; closed: boolean }[] = []

bothEras(
  'a body',
  ({ rehearse }) => {
    const entry = { rehearse, closed: false }
    servers.push(entry)
    const close = async (): Promise<void> => void (entry.closed = true)
    return new Server({ name: 's', version: '1' }, { rehearse, lifespan: () => ({ value: 1, close }) })
  },
  async ({ client, ...run }) => {
    expect(client.version).toBe(run.version)
    expect(client.info?.name).toBe('s')
    runs.push(run)
  },
)

it('ran in both eras, and closed what it opened', () => {
  expect(runs).toEqual([
    { era: 'modern', version: '2026-07-28', rehearse: false },
    { era: 'legacy', version: '2025-11-25', rehearse: false },
    { era: 'legacy', version: '2025-11-25', rehearse: true },
  ])
  expect(servers).toEqual([false, false, true].map((rehearse) => ({ rehearse, closed: true })))
})
