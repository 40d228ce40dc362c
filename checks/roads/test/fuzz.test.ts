import { InvalidResult } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { metaKeys, revisions } from '@parley/protocol'
import { Server } from '@parley/server'
import { describe, expect, it } from 'vitest'
import { addTargets, boom, messagesFor } from './fuzz-targets.ts'
import { Account } from './fuzz-account.ts'
import { Chance, frameOf, garbage, mutate } from './mutation.ts'
import { lines } from './raw-road.ts'
import type { Line, RawRoad } from './raw-road.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? 20_260_728)
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 15)
const perRound = 500

const isModern = (version: string): boolean => revisions.some((each) => each.version === version && each.era === 'modern')
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
    this.account.sent(frame)
    const bytes = Buffer.concat([this.#rest, frame, Buffer.from(this.chance.often(0.1) ? '\r\n' : '\n')])
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
    const message = { jsonrpc: '2.0', ...chance.pick(messagesFor(this.#version, id, chance.pick(['', ...this.#states]))) }
    const one = mutate(chance, message)
    const many = (): unknown => Array.from({ length: chance.below(4) }, () => mutate(chance, { ...message, id: `b${this.#nextId++}` }))
    this.send(frameOf(chance, JSON.stringify(chance.often(0.03) ? many() : one)))
  }

  /** Takes what came: notes states to try again, and answers questions, well or badly. */
  read(): void {
    for (const line of this.road.heard.slice(this.#read).flat() as Line[]) {
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

  async calm(): Promise<void> {
    for (let left = 4; left > 0; left -= 1) {
      this.settleQuestions()
      this.flush()
      for (let turns = 10; turns > 0; turns -= 1) await turn()
      this.read()
    }
  }
}

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
      const server = addTargets(new Server({ name: 'target', version: '1' }, { onError: (error) => errors.push(error) }))
      const fuzzer = new Fuzzer(version, lines(server), new Chance(seed))
      if (!isModern(version)) await shakeHands(fuzzer, version)
      for (let round = 1; round <= rounds; round += 1) {
        for (let count = 0; count < perRound; count += 1) {
          fuzzer.next()
          if (count % 25 === 0) await turn()
          if (count % 25 === 0) fuzzer.read()
        }
        await fuzzer.calm()
        await canary(fuzzer, version, `canary ${round}`)
      }
      await server.close()
      await fuzzer.calm()
      expect(fuzzer.account.faults()).toEqual([])
      expect(fuzzer.account.answered).toBeGreaterThan(rounds * perRound * 0.6)
      // Bad input is never a failure of the server's own: all that was reported was thrown on purpose, or a bad answer.
      expect(errors.filter((error) => error !== boom && !(error instanceof InvalidResult))).toEqual([])
      expect(errors).toContain(boom)
      expect(Object.keys(Object.prototype)).toEqual([])
      await fuzzer.road.close()
    },
    60_000,
  )
})
