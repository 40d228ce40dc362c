import type { JsonObject } from '@parley/core'
import { Encoded, metaKeys, Peer, revisions } from '@parley/protocol'
import type { Message, RequestId } from '@parley/protocol'
import type { Server } from '@parley/server'
import { pair } from '@parley/transports/memory'

/** The modern revision. */
export const modern: string = revisions.find(({ era }) => era === 'modern')?.version ?? ''
/** The newest legacy revision. */
export const legacy: string = revisions.find(({ era }) => era === 'legacy')?.version ?? ''

/** A message as it is read off the wire. */
export type Read = { id?: RequestId; method?: string; params?: JsonObject; result?: JsonObject; code?: number }

/** The client's end of a road to a server, at the level of messages. */
export type Wire = {
  /** Sends a request in the modern era, with `meta` beside its envelope. */
  ask(id: RequestId, method: string, params?: JsonObject, meta?: JsonObject): Promise<void>
  /** Sends a request as it is. */
  askPlainly(id: RequestId, method: string, params?: JsonObject): Promise<void>
  notify(method: string, params?: JsonObject): Promise<void>
  /** The next message from the server. */
  next(): Promise<Read>
  /** Everything that the server has sent by the time it answers a request made now. */
  sofar(): Promise<Read[]>
  close(): Promise<void>
}

const read = (message: Message): Read => {
  switch (message.kind) {
    case 'result':
      if (message.result instanceof Encoded) throw new TypeError('read from the wire, so parsed')
      return { id: message.id, result: message.result }
    case 'error':
      return { ...(message.id === undefined ? {} : { id: message.id }), code: message.error.code }
    case 'request':
    case 'notification': {
      const { method, params } = message
      return { ...('id' in message ? { id: message.id } : {}), method, ...(params === undefined ? {} : { params }) }
    }
    default:
      throw new TypeError(`a server sent ${message.kind}`)
  }
}

/** The envelope of a modern request. */
export const envelope: JsonObject = {
  [metaKeys.protocolVersion]: modern,
  [metaKeys.clientInfo]: { name: 'test', version: '1.0.0' },
  [metaKeys.clientCapabilities]: {},
}

/** Opens a road to a server. */
export const open = (server: Server): Wire => {
  const [near, far] = pair()
  void new Peer(far, server)
  const arrivals = near[Symbol.asyncIterator]()
  let barriers = 0
  const next = async (): Promise<Read> => {
    const taken = await arrivals.next()
    if (taken.done === true) throw new Error('the server has closed the road')
    return read(taken.value.message)
  }
  const wire: Wire = {
    ask: async (id, method, params = {}, meta = {}) =>
      near.send({ kind: 'request', id, method, params: { ...params, _meta: { ...envelope, ...meta } } }),
    askPlainly: async (id, method, params) => near.send({ kind: 'request', id, method, params }),
    notify: async (method, params) => near.send({ kind: 'notification', method, params }),
    next,
    async sofar() {
      const barrier = `barrier-${(barriers += 1)}`
      await wire.ask(barrier, 'server/discover')
      const heard: Read[] = []
      for (let message = await next(); message.id !== barrier; message = await next()) heard.push(message)
      return heard
    },
    close: async () => near[Symbol.asyncDispose](),
  }
  return wire
}

/** Opens a legacy session on a road. */
export const shakeHands = async (wire: Wire): Promise<void> => {
  const clientInfo = { name: 'test', version: '1.0.0' }
  await wire.askPlainly('hello', 'initialize', { protocolVersion: legacy, capabilities: {}, clientInfo })
  await wire.next()
  await wire.notify('notifications/initialized')
}
