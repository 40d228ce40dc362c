import { connect } from '@parley/client'
import type { Client, ClientOptions } from '@parley/client'
import { revisions } from '@parley/protocol'
import type { Responder } from '@parley/protocol'
import { memory } from '@parley/transports/memory'
import { describe, it } from 'vitest'

/** One run of a body: a connected client, and what it speaks. */
export type EraRun = {
  client: Client
  era: 'legacy' | 'modern'
  version: string
  /** Whether legacy calls are replayed, as the modern era replays them, to find handlers that may not be run again. */
  rehearse: boolean
}

/** What the server is made with in one run; hand it on to `new Server`. */
export type EraServerOptions = { rehearse: boolean }

/** How the runs are made. */
export type BothErasOptions = {
  /** How the client connects: a function makes it anew for each run, for callbacks that count. @default a bare client */
  client?: Partial<ClientOptions> | (() => Partial<ClientOptions>)
  /** The revisions to run in. @default the newest modern and the newest legacy one */
  versions?: readonly string[]
}

const newest = (era: 'legacy' | 'modern'): string[] => {
  const found = revisions.find((revision) => revision.era === era)
  return found === undefined ? [] : [found.version]
}

type Plan = { title: string; version: string; rehearse: boolean }

const plansFor = (versions: readonly string[]): Plan[] =>
  versions.flatMap((version) => {
    const facts = revisions.find((revision) => revision.version === version)
    if (facts === undefined) throw new TypeError(`No revision is called ${version}`)
    const plain = { title: `${facts.era}, ${version}`, version, rehearse: false }
    return facts.era === 'modern' ? [plain] : [plain, { title: `${plain.title}, rehearsed`, version, rehearse: true }]
  })

/**
 * Runs one test in the modern era, in the legacy era, and in the legacy era with replayed calls, each over memory with a
 * server and a client of its own.
 *
 * The server, if it can be disposed of, and the client are closed after each run.
 *
 * @example
 * bothEras('asks before it sends', (options) => bank(options), async ({ client }) => {
 *   const { content } = await client.callTool('transfer', { amount: 5 })
 *   expect(content).toEqual([{ type: 'text', text: 'Sent.' }])
 * }, { client: { onElicit: () => ({ action: 'accept', content: { sure: true } }) } })
 */
export const bothEras = (
  name: string,
  makeServer: (options: EraServerOptions) => Responder & Partial<AsyncDisposable>,
  body: (run: EraRun) => Promise<void>,
  options: BothErasOptions = {},
): void => {
  const { client: clientOptions = {}, versions = [...newest('modern'), ...newest('legacy')] } = options
  describe(name, () => {
    it.each(plansFor(versions).map((plan) => [plan.title, plan] as const))('%s', async (_, { version, rehearse }) => {
      const server = makeServer({ rehearse })
      const given = typeof clientOptions === 'function' ? clientOptions() : clientOptions
      const client = await connect(memory(server), { name: 'both-eras', version: '1', ...given, versions: [version] })
      try {
        await body({ client, era: client.era, version, rehearse })
      } finally {
        await client.close()
        await server[Symbol.asyncDispose]?.()
      }
    })
  })
}
