import { NegotiationFailed, RpcError } from '@parley/core'
import type { Client } from '@parley/client'
import { afterAll, beforeAll, expect } from 'vitest'
import { legacyVersions } from './expected.ts'
import type { Cell, Column } from './matrix.ts'
import { connectParley } from './visitors/parley.ts'
import { Persona } from './visitors/visitor.ts'

/** How a server from npm is started, and what it says of itself. */
export type NpmServer = {
  script: string
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
  info: { name: string; version: string; title?: string }
  capabilities: object
}

/** How long something is asked for that these servers do in their own time, with nothing to tell when it is done. */
export const patience = { timeout: 10_000 }

/** A client that is connected, and who sits at it. */
export type Meet = () => { client: Client; persona: Persona }

const open = ({ script, args = [], env = {} }: NpmServer, persona: Persona, versions?: string[]): Promise<Client> =>
  connectParley(process.execPath, [script, ...args], persona, { versions, env })

/** Whatever the reason is that something failed for, down to the first cause. */
const causes = (error: unknown): unknown[] => (error instanceof Error ? [error, ...causes(error.cause)] : [])

/** Meets a legacy server in every way that there is: unpinned, pinned to each legacy revision, and to the modern one. */
export const meetEveryWay = (
  column: Column,
  server: NpmServer,
  cells: (cell: Cell, meet: Meet, version: string) => void,
  prepare: (persona: Persona) => void = () => undefined,
): void => {
  for (const pinned of [undefined, ...legacyVersions]) {
    const version = pinned ?? legacyVersions[0]
    column(pinned === undefined ? 'negotiated' : pinned, (cell) => {
      const persona = new Persona()
      let client: Client | undefined
      beforeAll(async () => {
        prepare(persona)
        client = await open(server, persona, pinned === undefined ? undefined : [pinned])
      })
      afterAll(() => client?.close())
      const meet: Meet = () => {
        if (client === undefined) throw new Error('The connection failed')
        return { client, persona }
      }
      cell('negotiation', async () => {
        const { era, info, capabilities } = meet().client
        expect({ version: meet().client.version, era }).toEqual({ version, era: 'legacy' })
        expect({ info, capabilities }).toEqual({ info: server.info, capabilities: server.capabilities })
        expect(await meet().client.ping()).toBeUndefined()
      })
      cells(cell, meet, version)
    })
  }
  column('2026-07-28', (cell) => {
    cell('negotiation', async () => {
      const failure: unknown = await open(server, new Persona(), ['2026-07-28']).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(NegotiationFailed)
      const answer = causes(failure).find((error) => error instanceof RpcError)
      expect(answer?.code).toBe(-32601)
      return { words: answer?.message ?? '' }
    })
  })
}
