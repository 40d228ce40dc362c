import { connect } from '@parley/client'
import type { Client, ClientOptions } from '@parley/client'
import { InvalidResult } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { metaKeys, revisions } from '@parley/protocol'
import { Server } from '@parley/server'
import { describe, expect, it } from 'vitest'
import { addTargets, boom, messagesFor } from './fuzz-targets.ts'
import { Account } from './fuzz-account.ts'
import { HostileServer } from './hostile-server.ts'
import { Chance, frameOf, garbage, mutate } from './mutation.ts'
import { lines } from './raw-road.ts'
import type { Line, RawRoad } from './raw-road.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? 20_260_728)
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 15)
const perRound = 500

const isModern = (version: string): boolean =>
  revisions.some((each) => each.version === version && each.era === 'modern')
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A fuzzer of one server, which keeps an account of what it must be answered. */
class Fuzzer {
  readonly chance: Chance
  readonly road: RawRoad
  readonly account: Account
  readonly #version: string
  #states: string[] = []
  #nextId = 1
  #rest = new Uint8Array()
  #read = 0

  constructor(version: string, road: RawRoad, chance: Chance) {
    this.#version = version
    this.road = road
    this.chance = chance
    this.account = new Account(revisions.find((each) => each.version === version)?.batches === true)
  }

  /** Sends bytes as a line, whose end may come later, with the next. */
  send(frame: Uint8Array): void {
    const line = Buffer.concat([frame, Buffer.from(this.chance.often(0.1) ? '\r\n' : '\n')])
    this.account.sent(line)
    const bytes = Buffer.concat([this.#rest, line])
    const cut = this.chance.often(0.5) ? bytes.length : this.chance.below(bytes.length)
    this.road.sendBytes(bytes.subarray(0, cut))
    this.#rest = bytes.subarray(cut)
  }

  flush(): void {
    this.road.sendBytes(this.#rest)
    this.#rest = new Uint8Array()
  }

  say(message: JsonObject): void {
    this.send(new TextEncoder().encode(JSON.stringify({ jsonrpc: '2.0', ...message })))
  }

  next(): void {
    if (this.chance.often(0.03)) return this.send(garbage(this.chance))
    const id = this.chance.often(0.5) ? this.#nextId++ : `s${this.#nextId++}`
    const { chance } = this
    const message = {
      jsonrpc: '2.0',
      ...chance.pick(messagesFor(this.#version, id, chance.pick(['', ...this.#states]))),
    }
    const one = mutate(chance, message)
    const many = (): unknown =>
      Array.from({ length: chance.below(4) }, () => mutate(chance, { ...message, id: `b${this.#nextId++}` }))
    this.send(frameOf(chance, JSON.stringify(chance.often(0.03) ? many() : one)))
  }

  /** Takes what came: notes states to try again, and answers questions, well or badly. */
  read(): void {
    for (const line of this.road.heard.slice(this.#read).flat<Line[]>()) {
      this.account.heard(line)
      const state = line.result?.['requestState']
      if (typeof state === 'string') this.#states = [...this.#states.slice(-5), state]
      if (line.method !== undefined && line.id !== undefined) this.#reply(line)
    }
    this.#read = this.road.heard.length
  }

  #reply({ id }: Line): void {
    const { chance } = this
    const result = chance.pick<JsonObject>([
      { action: 'accept', content: { sure: true } },
      { action: 'decline' },
      { role: 'assistant', model: 'm', content: { type: 'text', text: 'x' } },
    ])
    if (chance.often(0.8)) this.send(frameOf(chance, JSON.stringify(mutate(chance, { jsonrpc: '2.0', id, result }, 2))))
    this.#asked.push(id)
  }

  readonly #asked: unknown[] = []

  /** Ends what still waits for an answer from here. */
  settleQuestions(): void {
    for (const id of this.#asked.splice(0)) this.say({ id, error: { code: -1, message: 'no' } })
  }

  /** Lets everything be answered that is going to be. */
  async calm(most: number): Promise<void> {
    for (let left = most; left > 0 && this.account.faults().length > 0; left -= 1) {
      this.settleQuestions()
      this.flush()
      for (let turns = 10; turns > 0; turns -= 1) await turn()
      this.read()
    }
  }
}

// An answer to something that was never asked looks like a handler that does not repeat.
const isExpected = (error: unknown): boolean =>
  error === boom ||
  error instanceof InvalidResult ||
  (error instanceof Error && error.message.includes('cannot be replayed'))

const canary = async (fuzzer: Fuzzer, version: string, id: string): Promise<void> => {
  const params = { name: 'echo', arguments: { text: id } }
  const meta = { [metaKeys.protocolVersion]: version, [metaKeys.clientCapabilities]: {} }
  fuzzer.say({ id, method: 'tools/call', params: isModern(version) ? { ...params, _meta: meta } : params })
  fuzzer.flush()
  expect((await fuzzer.road.answer(id)).result).toMatchObject({ content: [{ type: 'text', text: id }] })
}

const shakeHands = async (fuzzer: Fuzzer, version: string): Promise<void> => {
  const clientInfo = { name: 'fuzz', version: '1' }
  const capabilities = { elicitation: {}, sampling: {}, roots: {} }
  fuzzer.say({ id: 'hello', method: 'initialize', params: { protocolVersion: version, capabilities, clientInfo } })
  fuzzer.flush()
  expect((await fuzzer.road.answer('hello')).result?.['protocolVersion']).toBe(version)
}

describe(`REL-FUZZ-1: a server, seed ${seed}`, () => {
  it.each(['2026-07-28', '2025-11-25', '2025-03-26'])(
    `answers ${rounds * perRound} mutated messages as each must be, in %s`,
    async (version) => {
      const errors: unknown[] = []
      const server = addTargets(
        new Server({ name: 'target', version: '1' }, { onError: (error) => errors.push(error) }),
      )
      const fuzzer = new Fuzzer(version, lines(server), new Chance(seed))
      if (!isModern(version)) await shakeHands(fuzzer, version)
      for (let round = 1; round <= rounds; round += 1) {
        for (let count = 0; count < perRound; count += 1) {
          fuzzer.next()
          if (count % 25 === 0) await turn()
          if (count % 25 === 0) fuzzer.read()
        }
        await fuzzer.calm(4)
        await canary(fuzzer, version, `canary ${round}`)
      }
      await server.close()
      await fuzzer.calm(200)
      expect(fuzzer.account.faults()).toEqual([])
      expect(fuzzer.account.answered).toBeGreaterThan(rounds * perRound * 0.5)
      // Bad input is never a failure of the server's own: whatever was reported was thrown on purpose, or a bad answer.
      expect(errors.filter((error) => !isExpected(error))).toEqual([])
      expect(errors).toContain(boom)
      expect(Object.keys(Object.prototype)).toEqual([])
      await fuzzer.road.close()
    },
    60_000,
  )
})

const clientOptions: ClientOptions = {
  name: 'fuzzed',
  version: '1',
  maxPages: 5,
  maxRounds: 2,
  probeTimeout: 1000,
  roots: [{ uri: 'file:///' }],
  onElicit: () => ({ action: 'accept', content: { sure: true } }),
  onSample: () => ({ role: 'assistant', model: 'm', content: { type: 'text', text: 'x' } }),
}

const typed = new Set([
  'RpcError',
  'InvalidResult',
  'ConnectionClosed',
  'NegotiationFailed',
  'TooManyRounds',
  'UrlElicitationRequired',
])

const read = async (client: Client): Promise<void> => {
  const subscription = await client.listen({ toolsListChanged: true, resourceSubscriptions: ['note://one'] })
  await subscription[Symbol.asyncIterator]().next()
  await subscription.close()
}

const operations: readonly ((client: Client) => Promise<unknown>)[] = [
  (client) => client.listTools(),
  (client) => client.listPrompts(),
  (client) => client.listResources(),
  (client) => client.listResourceTemplates(),
  (client) => client.callTool('echo', { a: 1 }, { onProgress: () => undefined, onLog: () => undefined }),
  (client) => client.callTool('echo'),
  (client) => client.getPrompt('greet'),
  (client) => client.readResource('note://one'),
  (client) => client.complete({ type: 'ref/prompt', name: 'greet' }, { name: 'who', value: '' }),
  (client) => client.ping(),
  (client) => client.request('custom/method', { a: 1 }),
]

/** Rejections of a kind that the documentation does not name. */
const untyped = async (work: Promise<unknown>): Promise<string[]> => {
  try {
    await work
    return []
  } catch (error) {
    return error instanceof Error && typed.has(error.name) ? [] : [String(error instanceof Error ? error.stack : error)]
  }
}

describe(`T39: a client of a hostile server, seed ${seed}`, () => {
  it.each(['modern', 'legacy'] as const)(
    'settles every call with a result or a typed error, in the %s era',
    async (era) => {
      const chance = new Chance(seed)
      const errors: unknown[] = []
      const server = new HostileServer(chance, era)
      const client = await connect(server.dial, { ...clientOptions, onError: (error) => errors.push(error) })
      expect(client.era).toBe(era)
      for (let round = 0; round < rounds * 15; round += 1) {
        server.hostile = true
        const calls = Array.from({ length: 8 }, () => chance.pick(operations)(client))
        if (era === 'modern') calls.push(read(client))
        expect((await Promise.all(calls.map(untyped))).flat()).toEqual([])
        server.hostile = false
        // Learned anew, for the tool's schema may have been one of nonsense.
        await client.listTools({ cache: false })
        expect((await client.callTool('echo', {}, { cache: false })).content).toEqual([{ type: 'text', text: 'ok' }])
      }
      expect(server.frames).toBeGreaterThan(rounds * 15 * 16)
      expect(errors).toEqual([])
      server.hostile = true
      const last = operations.map((operation) => untyped(operation(client)))
      await server.vanish()
      expect((await Promise.all(last)).flat()).toEqual([])
      await client.close()
      expect(Object.keys(Object.prototype)).toEqual([])
    },
    60_000,
  )

  it.each(['modern', 'legacy'] as const)(
    'connects or says why not, in the %s era',
    async (era) => {
      const chance = new Chance(seed)
      for (let round = 0; round < rounds * 20; round += 1) {
        const server = new HostileServer(chance, era)
        server.hostile = true
        const connecting = connect(server.dial, clientOptions)
        expect(await untyped(connecting)).toEqual([])
        const client = await connecting.catch(() => undefined)
        await client?.close()
      }
    },
    60_000,
  )
})
