import { connect } from '@parley/client'
import { revisions } from '@parley/protocol'
import { Server, text } from '@parley/server'
import { webSocket as platformWebSocket } from '@parley/transports/websocket'
import type { WebSocketConstructor } from '@parley/transports/websocket'
import { serveWebSocket, webSocket } from '@parley/transports/websocket/node'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { WebSocketChannel } from '../../transports/src/websocket/channel.ts'
import { nodeWire } from '../../transports/src/websocket/node-wire.ts'
import { describeChannel, describeTransport } from '../src/index.ts'

/** A class of WebSockets that keeps the last one. */
const keeping = (): { Kept: WebSocketConstructor; last: () => WebSocket } => {
  const kept: { socket?: WebSocket } = {}
  class Kept extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { perMessageDeflate: false })
      kept.socket = this
    }
  }
  return {
    Kept,
    last: () => {
      if (kept.socket === undefined) throw new Error('None was made')
      return kept.socket
    },
  }
}

// Text frames are UTF-8 by the protocol, or else they close the connection.
const asText = (frame: string | Uint8Array): string =>
  typeof frame === 'string' ? frame : Buffer.from(frame).toString()

describeTransport('websocket, the client for Node', async (server, client) => {
  const serving = await serveWebSocket(server, { port: 0, linger: 0 })
  return { link: await webSocket(serving.url)(client), close: () => serving.close() }
})

describeTransport('websocket, a client of the platform’s kind', async (server, client) => {
  const serving = await serveWebSocket(server, { port: 0, linger: 0 })
  const { Kept, last } = keeping()
  return {
    link: await platformWebSocket(serving.url, { WebSocket: Kept })(client),
    inject: (frame) => last().send(asText(frame)),
    close: () => serving.close(),
  }
})

describeChannel('a WebSocket', async () => {
  const http = createServer()
  const upgrades = new WebSocketServer({ noServer: true })
  const arrived = new Promise<{ ws: WebSocket; socket: Socket }>((resolve) => {
    http.on('upgrade', (request, socket, head) => {
      upgrades.handleUpgrade(request, socket, head, (ws) => resolve({ ws, socket: request.socket }))
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const near = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`, { perMessageDeflate: false })
  await once(near, 'open')
  const far = await arrived
  const onAlive = (): void => undefined
  const options = { maxMessage: 4_194_304, waits: true, flush: 300 }
  return {
    near: new WebSocketChannel(nodeWire(near, { onAlive }), options),
    far: new WebSocketChannel(nodeWire(far.ws, { socket: far.socket, onAlive }), options),
    inject: (frame) => near.send(asText(frame)),
    close: () => void http.close(),
  }
})

const versions = [revisions[0], revisions.find(({ era }) => era === 'legacy')].flatMap((found) => found?.version ?? [])

describe.each(versions)('a server over a WebSocket, in %s', (version) => {
  const shop = (): Server => {
    const server = new Server({ name: 'shop', version: '1.0.0' })
    server.tool('count', async (_, ctx) => {
      for (let page = 1; page <= 3; page += 1) await ctx.progress(page, 3)
      return text('Counted.')
    })
    server.tool('ask', async (_, ctx) => {
      const answer = await ctx.elicit({ message: 'Sure?', schema: { type: 'object', properties: {} } as const })
      return text(answer.action)
    })
    return server
  }

  it('answers calls, tells of progress and asks back, over one connection', async () => {
    await using server = shop()
    await using serving = await serveWebSocket(server, { port: 0 })
    await using client = await connect(webSocket(serving.url), {
      name: 'test',
      version: '1.0.0',
      versions: [version],
      onElicit: async () => ({ action: 'decline' }),
    })
    const seen: number[] = []
    const counted = await client.callTool('count', {}, { onProgress: ({ progress }) => seen.push(progress) })
    expect(counted.content).toMatchObject([{ text: 'Counted.' }])
    expect(seen).toEqual([1, 2, 3])
    expect((await client.callTool('ask', {})).content).toMatchObject([{ text: 'decline' }])
    expect([client.version, serving.size]).toEqual([version, 1])
  })

  it('U4: whoever listens reaches the end when the server is disposed of and serving ends', async () => {
    const server = shop()
    await using serving = await serveWebSocket(server, { port: 0 })
    await using client = await connect(webSocket(serving.url), { name: 'test', version: '1.0.0', versions: [version] })
    const changes = (await client.listen({ toolsListChanged: true }))[Symbol.asyncIterator]()
    // A legacy server tells nothing before it has heard that the handshake is over.
    await client.callTool('count', {})
    server.tool('new', () => text('New.'))
    expect(await changes.next()).toMatchObject({ done: false })
    const end = changes.next().catch((error: unknown) => error)
    await server[Symbol.asyncDispose]()
    await serving.close()
    // A legacy listener has no result to wait for, and learns of the end by the end of the road.
    const plain = version === versions[0]
    expect(await end).toMatchObject(plain ? { done: true } : { name: 'ConnectionClosed' })
    await expect(client.callTool('count', {})).rejects.toMatchObject({ name: 'ConnectionClosed' })
  })
})
