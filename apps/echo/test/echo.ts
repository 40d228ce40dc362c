import { connect } from '@parley/client'
import type { Client, ClientOptions } from '@parley/client'
import { memory } from '@parley/transports/memory'
import { onTestFinished } from 'vitest'
import { createEcho } from '../src/server.ts'

/** The modern revision, the newest of the legacy ones, and the oldest. */
export const versions: readonly string[] = ['2026-07-28', '2025-11-25', '2024-11-05']

/** A client of an echo server of its own, in one revision, until the test is over. */
export const echoClient = async (version: string, options: Partial<ClientOptions> = {}): Promise<Client> => {
  const server = createEcho()
  const client = await connect(memory(server), { name: 'test', version: '1.0.0', versions: [version], ...options })
  onTestFinished(async () => {
    await client.close()
    await server.close()
  })
  return client
}

/** What a promise rejects with. */
export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )
