import { describe, expect, it } from 'vitest'
import * as client from '../../../packages/protocol/src/revisions/2026-07-28/validators/client.gen.ts'
import * as server from '../../../packages/protocol/src/revisions/2026-07-28/validators/server.gen.ts'
import { check, faultIn } from '../../../packages/protocol/src/shape.ts'
import { official } from '../../../packages/protocol/test/generated/2026-07-28.gen.ts'
import { chooseMutation, mutate, numbersFrom } from './mutation.ts'
import type { Mutation } from './mutation.ts'
import { isPresent, officialExamples, officialSchema } from './spec.ts'
import type { Example } from './spec.ts'

const version = '2026-07-28'
const accepts = isPresent ? officialSchema(version) : () => true
const examples = officialExamples(version)

type Case = { type: string; example: Example; mutation: Mutation; value: unknown }

/** So many mutations of the official examples that are wanted; the same ones every time. */
const take = (count: number, isWanted: (found: Case) => boolean): Case[] => {
  const next = numbersFrom(20260728)
  const found: Case[] = []
  while (found.length < count) {
    const example = examples[Math.floor(next() * examples.length)]
    if (!example || Object.keys(Object(example.value)).length === 0) continue
    const mutation = chooseMutation(example.value, next)
    const candidate = { type: example.type, example, mutation, value: mutate(example.value, mutation) }
    if (isWanted(candidate)) found.push(candidate)
  }
  return found
}

const partOf = (value: unknown, key: string): unknown =>
  Object.entries(Object(value)).find(([name]) => name === key)?.[1]

const show = ({ example, mutation }: Case): string =>
  `${example.type}/${example.name} ${mutation.path.join('/')} ${mutation.isDropped ? 'dropped' : JSON.stringify(mutation.replacement)}`

const isRefusedOfficially = ({ type, value }: Case): boolean => !accepts(type, value)

type Rule = { why: string; covers: (found: Case) => boolean }

const uncovered = (found: Case[], rules: Rule[]): string[] =>
  found.filter((candidate) => !rules.some((rule) => rule.covers(candidate))).map(show)

/** Rules that excuse nothing, and so need not be there. */
const idle = (found: Case[], rules: Rule[]): string[] =>
  rules.filter((rule) => !found.some((candidate) => rule.covers(candidate))).map(({ why }) => why)

/** The official schema takes the example with an integer in place of the fraction. */
const isNarrowed = ({ type, example, mutation }: Case): boolean =>
  mutation.replacement === 0.5 && accepts(type, mutate(example.value, { ...mutation, replacement: 7 }))

/** Where a type of ours takes what the official JSON Schema refuses. */
const softer: Rule[] = [
  { why: '3.2 #10: the JSON Schema narrows some numbers to integers, the TypeScript schema rules', covers: isNarrowed },
]

/** Where a type of ours refuses what the official JSON Schema takes. */
const stricter: Rule[] = [
  {
    why: '3.2 #9: a broken complete result passes as an InputRequiredResult, which requires resultType alone',
    covers: ({ type, value }) =>
      /^(CallTool|GetPrompt|ReadResource)ResultResponse$/.test(type) &&
      !accepts(type.replace('Response', ''), partOf(value, 'result')),
  },
]

const methods = new Map([
  ['CallToolResult', 'tools/call'],
  ['CompleteResult', 'completion/complete'],
  ['DiscoverResult', 'server/discover'],
  ['GetPromptResult', 'prompts/get'],
  ['ListPromptsResult', 'prompts/list'],
  ['ListResourceTemplatesResult', 'resources/templates/list'],
  ['ListResourcesResult', 'resources/list'],
  ['ListToolsResult', 'tools/list'],
  ['ReadResourceResult', 'resources/read'],
  ['SubscriptionsListenResult', 'subscriptions/listen'],
])

/** Where a client takes a result that no server may send. */
const received: Rule[] = [
  {
    why: 'B7: an absent resultType means complete; one that is there is looked at before the table is asked',
    covers: ({ mutation }) => mutation.path.join() === 'resultType',
  },
  {
    why: 'A4: an absent or negative ttlMs counts as 0, and no scope shares nothing',
    covers: ({ mutation: { path, isDropped, replacement } }) =>
      (path.join() === 'ttlMs' && (isDropped || typeof replacement === 'number')) ||
      (path.join() === 'cacheScope' && isDropped),
  },
  {
    why: 'B11: what a server says of itself decides nothing, so a fault in it breaks no result',
    covers: ({ mutation }) => mutation.path.join().startsWith('_meta,io.modelcontextprotocol/serverInfo'),
  },
  {
    why: 'U3: a listen that ends is told by its response, whose id is the subscription',
    covers: ({ type, mutation }) => type === 'SubscriptionsListenResult' && mutation.path[0] === '_meta',
  },
]

const isInParams = ({ type, mutation }: Case): boolean =>
  /(Request|Notification)$/.test(type) && mutation.path[0] === 'params' && mutation.path.length > 1

/** Whether the tables take the params of a message. */
const isTaken = ({ type, value }: Case): boolean => {
  const params = partOf(value, 'params')
  const method = String(partOf(value, 'method'))
  const request = server.clientRequest(method)
  if (request) return !(server.requestParams(params) ?? server.retryParams(params) ?? check(request, params))
  const other = server.clientNotification(method) ?? client.serverRequest(method) ?? client.serverNotification(method)
  if (!other) throw new Error(`no table has ${type}'s ${method}`)
  return check(other, params) === undefined
}

/** Where a receiver takes params that no sender may send. */
const taken: Rule[] = [
  {
    why: 'U3: which subscription a notification belongs to is read by hand, and a notification without one is dropped',
    covers: ({ type, mutation }) => type.endsWith('Notification') && mutation.path[1] === '_meta',
  },
]

describe.skipIf(!isPresent)('mutated official examples (skipped without ../shared)', () => {
  it('refuses 500 that the official schema refuses, but for the rules', () => {
    const broken = take(500, isRefusedOfficially)
    const passed = broken.filter(({ type, value }) => official.get(type)?.(value) === undefined)
    expect(uncovered(passed, softer)).toEqual([])
    expect(idle(passed, softer)).toEqual([])
  })

  it('takes 500 that the official schema takes, but for the rules', () => {
    const sound = take(500, (candidate) => !isRefusedOfficially(candidate))
    const refused = sound.filter(({ type, value }) => official.get(type)?.(value) !== undefined)
    expect(uncovered(refused, stricter)).toEqual([])
    expect(idle(refused, stricter)).toEqual([])
  })

  it('refuses 500 broken results by the tables of a client, but for the rules', () => {
    const broken = take(500, (candidate) => methods.has(candidate.type) && isRefusedOfficially(candidate))
    const passed = broken.filter(({ type, value }) => !faultIn(client.serverResult(methods.get(type) ?? ''), value))
    expect(uncovered(passed, [...received, ...softer])).toEqual([])
    expect(idle(passed, received)).toEqual([])
  })

  it('refuses 500 broken params by the tables of their receiver, but for the rules', () => {
    const broken = take(500, (candidate) => isInParams(candidate) && isRefusedOfficially(candidate))
    const passed = broken.filter(isTaken)
    expect(uncovered(passed, [...taken, ...softer])).toEqual([])
    expect(idle(passed, taken)).toEqual([])
  })

  it('draws the same mutations every time', () => {
    expect(take(20, () => true).map(show)).toEqual(take(20, () => true).map(show))
  })
})
