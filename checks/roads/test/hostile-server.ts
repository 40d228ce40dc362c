import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { Peer, revisions } from '@parley/protocol'
import type { Dial } from '@parley/protocol'
import { frameOf, garbage, mutate, oddValue } from './mutation.ts'
import type { Chance } from './mutation.ts'
import { Frames } from './raw-road.ts'

const newest = (era: string): string => revisions.find((each) => each.era === era)?.version ?? ''

const capabilities = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  completions: {},
  logging: {},
}
const serverInfo = { name: 'hostile', version: '1' }
const block = { type: 'text', text: 'ok' }
const tool = {
  name: 'echo',
  inputSchema: { type: 'object' },
  outputSchema: { type: 'object', properties: { a: { type: 'number' } } },
}
const form = {
  mode: 'form',
  message: 'Sure?',
  requestedSchema: { type: 'object', properties: { sure: { type: 'boolean' } } },
}
const questions: JsonObject[] = [
  { method: 'elicitation/create', params: form },
  { method: 'sampling/createMessage', params: { messages: [{ role: 'user', content: block }], maxTokens: 1 } },
  { method: 'roots/list' },
  { method: 'ping' },
]

/** What a server that means well answers. */
const results: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ['server/discover', { supportedVersions: [newest('modern')], capabilities }],
  ['initialize', { protocolVersion: newest('legacy'), capabilities, serverInfo }],
  ['tools/list', { tools: [tool] }],
  ['tools/call', { content: [block], structuredContent: { a: 1 } }],
  ['prompts/list', { prompts: [{ name: 'greet' }] }],
  ['prompts/get', { messages: [{ role: 'user', content: block }] }],
  ['resources/list', { resources: [{ uri: 'note://one', name: 'one' }] }],
  ['resources/templates/list', { resourceTemplates: [{ uriTemplate: 'note://{x}', name: 'x' }] }],
  ['resources/read', { contents: [{ uri: 'note://one', text: 'One.' }] }],
  ['completion/complete', { completion: { values: ['a'] } }],
])

const asksForInput = new Set(['tools/call', 'prompts/get', 'resources/read'])

const told = (id: unknown): JsonObject[] => [
  { method: 'notifications/message', params: { level: 'error', data: 'x' } },
  { method: 'notifications/progress', params: { progressToken: id, progress: 1 } },
  { method: 'notifications/cancelled', params: { requestId: id, reason: 'x' } },
  { method: 'notifications/tools/list_changed' },
  { method: 'notifications/resources/updated', params: { uri: 'note://one' } },
  { method: 'notifications/elicitation/complete', params: { elicitationId: 'x' } },
]

/** A server that answers well until `hostile` is set, and after that as badly as it can. Each request gets its end. */
export class HostileServer {
  readonly #chance: Chance
  readonly #era: 'legacy' | 'modern'
  #road: Frames | undefined
  #nextId = 1
  hostile = false
  /** How many frames it has sent. */
  frames = 0

  constructor(chance: Chance, era: 'legacy' | 'modern') {
    this.#chance = chance
    this.#era = era
  }

  readonly dial: Dial = (responder) => {
    const road: Frames = new Frames((text) => this.#hear(road, JSON.parse(text)))
    this.#road = road
    return Promise.resolve(new Peer(road, responder))
  }

  /** Lets go of the client without a word. */
  async vanish(): Promise<void> {
    await this.#road?.[Symbol.asyncDispose]()
  }

  #hear(road: Frames, message: unknown): void {
    if (!isObject(message) || typeof message['method'] !== 'string' || message['id'] === undefined) return
    const { id, method } = message
    // Later, as it would be on any road: the client is still sending.
    queueMicrotask(() => {
      if (this.hostile) for (const frame of this.#badly(id, method)) this.#deliver(road, frame)
      else this.#say(road, { id, ...this.#well(method) })
      // Whatever came before, this ends what still waits; a second answer to anything else is ignored.
      if (this.hostile) this.#say(road, { id, error: { code: -32000, message: 'over' } })
    })
  }

  #deliver(road: Frames, frame: string | Uint8Array): void {
    this.frames += 1
    road.deliver(frame)
  }

  #say(road: Frames, message: JsonObject): void {
    this.#deliver(road, JSON.stringify({ jsonrpc: '2.0', ...message }))
  }

  #well(method: string): JsonObject {
    const result = results.get(method)
    const known = this.#era === 'modern' ? method !== 'initialize' : method !== 'server/discover'
    if (!known) return { error: { code: -32601, message: 'no' } }
    return { result: { resultType: 'complete', ...result } }
  }

  #badly(id: unknown, method: string): (string | Uint8Array)[] {
    const chance = this.#chance
    const frames: (string | Uint8Array)[] = []
    const add = (message: JsonObject, most = 3): void => {
      frames.push(frameOf(chance, JSON.stringify(mutate(chance, { jsonrpc: '2.0', ...message }, most))))
    }
    if (chance.often(0.2)) add(chance.pick(told(id)))
    if (chance.often(0.2)) add({ id: this.#nextId++, ...chance.pick(questions) })
    if (chance.often(0.1)) frames.push(garbage(chance))
    if (method === 'subscriptions/listen') {
      const _meta = { 'io.modelcontextprotocol/subscriptionId': id }
      add({ method: 'notifications/subscriptions/acknowledged', params: { _meta, notifications: {} } })
      add({ method: 'notifications/resources/updated', params: { _meta, uri: 'note://one' } })
    }
    const answer = this.#answer(method)
    const whose = chance.often(0.1) ? chance.pick([0, 1, '1', 'x', null, 999]) : id
    add({ id: whose, ...answer })
    if (chance.often(0.1)) add({ id, ...answer }, 0)
    return frames
  }

  #answer(method: string): JsonObject {
    const chance = this.#chance
    if (chance.often(0.1))
      return { error: { code: chance.pick([-32602, -32042, -32022, -32002, 5]), message: 'x', data: oddValue(chance) } }
    if (this.#era === 'modern' && asksForInput.has(method) && chance.often(0.3)) {
      const inputRequests = { q: chance.pick(questions), __proto__: 1 }
      return { result: { resultType: 'input_required', inputRequests } }
    }
    const cursor = chance.often(0.5)
      ? { nextCursor: chance.pick<unknown>(['', 'a', 'a'.repeat(1e5), 7, null, chance.next().toString()]) }
      : {}
    return {
      result: {
        resultType: 'complete',
        ttlMs: chance.below(3),
        cacheScope: 'private',
        ...results.get(method),
        ...cursor,
      },
    }
  }
}
