import { HttpFailure, NegotiationFailed, RpcError } from '@parley/core'
import type { Client } from '@parley/client'
import { afterAll, beforeAll, expect } from 'vitest'
import { legacyVersions } from './expected.ts'
import type { Cell, Column } from './matrix.ts'
import type { Serve, Served } from './serving.ts'
import { connectParley } from './visitors/parley.ts'
import { Persona } from './visitors/visitor.ts'

/** How a server from npm is started, and what it says of itself. */
export type NpmServer = {
  serve: Serve
  env?: Readonly<Record<string, string>>
  /** The code, or the status, that a modern request gets. @default -32601 */
  refusal?: number
  info: { name: string; version: string; title?: string }
  capabilities: object
}

/** How long something is asked for that these servers do in their own time, with nothing to tell when it is done. */
export const patience = { timeout: 10_000 }

/** A client that is connected, and who sits at it. */
export type Meet = () => { client: Client; persona: Persona }

const open = ({ env = {} }: NpmServer, { address }: Served, persona: Persona, versions?: string[]): Promise<Client> =>
  connectParley(address, persona, { versions, env })

/** The code, or the status, that made a negotiation fail, and the server's words. */
export const refusalOf = (failure: unknown): { code?: number; words: string } => {
  expect(failure).toBeInstanceOf(NegotiationFailed)
  const cause = failure instanceof NegotiationFailed ? failure.cause : undefined
  if (cause instanceof RpcError) return { code: cause.code, words: cause.message }
  return cause instanceof HttpFailure ? { code: cause.status, words: `HTTP ${cause.status}` } : { words: String(cause) }
}

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
      let served: Served | undefined
      let client: Client | undefined
      beforeAll(async () => {
        prepare(persona)
        served = await server.serve()
        client = await open(server, served, persona, pinned === undefined ? undefined : [pinned])
      })
      afterAll(async () => {
        try {
          await client?.close()
        } finally {
          await served?.close()
        }
      })
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
      const served = await server.serve()
      const trying = open(server, served, new Persona(), ['2026-07-28'])
      const failure: unknown = await trying.catch((error: unknown) => error)
      await served.close()
      const answer = refusalOf(failure)
      expect(answer.code).toBe(server.refusal ?? -32601)
      return { words: answer.words }
    })
  })
}
