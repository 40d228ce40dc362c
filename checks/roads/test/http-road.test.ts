import type { JsonObject } from '@parley/core'
import { revisions } from '@parley/protocol'
import type { Responder } from '@parley/protocol'
import { describeTransport } from '@parley/testing'
import type { TransportRig } from '@parley/testing'
import { http } from '@parley/transports/http/client'
import { serveHttp } from '@parley/transports/http/node'

const modernVersion = '2026-07-28'
const meta: JsonObject = {
  'io.modelcontextprotocol/protocolVersion': modernVersion,
  'io.modelcontextprotocol/clientCapabilities': {},
}

type Road = TransportRig & { url: string }

const open = async (server: Responder, client: Responder): Promise<Road> => {
  const serving = await serveHttp(server, { port: 0, linger: 0 })
  return { link: await http(serving.url).dial(client), url: serving.url, close: () => serving.close() }
}

const injecting =
  (url: string, headers: Record<string, string>) =>
  async (body: string | Uint8Array): Promise<void> => {
    const own = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const sent = typeof body === 'string' ? body : new Uint8Array(body)
    await (await fetch(url, { method: 'POST', headers: { ...own, ...headers }, body: sent })).text()
  }

// A modern server has no way to ask, and nothing hears a notification that goes up.
describeTransport(
  'http, modern',
  async (server, client) => {
    const { url, ...rig } = await open(server, client)
    return { ...rig, inject: injecting(url, { 'mcp-protocol-version': modernVersion, 'mcp-method': 'test/echo' }) }
  },
  { params: { _meta: meta }, asks: false, hears: false, silent: false },
)

/** Forgets what the handshake left behind: the suite counts what comes after it. */
const forget = (server: Responder): void => {
  for (const kept of ['begun', 'heard']) {
    const list: unknown = Reflect.get(server, kept)
    if (Array.isArray(list)) list.length = 0
  }
}

const overHttp = revisions.filter(({ version, era }) => era === 'legacy' && version !== '2024-11-05')

for (const { version } of overHttp) {
  describeTransport(
    `http, ${version}`,
    async (server, client) => {
      const { url, ...rig } = await open(server, client)
      const hello = { protocolVersion: version, capabilities: {}, clientInfo: { name: 'c', version: '1' } }
      await rig.link.request('initialize', hello)
      await rig.link.notify('notifications/initialized')
      forget(server)
      return { ...rig, inject: injecting(url, { 'mcp-protocol-version': version }) }
    },
    { silent: false },
  )
}
