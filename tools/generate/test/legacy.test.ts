import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as client from '../../../packages/protocol/src/revisions/2025-11-25/validators/client.gen.ts'
import * as server from '../../../packages/protocol/src/revisions/2025-11-25/validators/server.gen.ts'
import { faultIn } from '../../../packages/protocol/src/shape.ts'
import * as results from './legacy-results.ts'
import * as samples from './legacy-samples.ts'
import { isPresent, officialSchema } from './spec.ts'

const accepts = isPresent ? officialSchema('2025-11-25') : undefined

const request = (method: string, params: unknown): unknown => ({ jsonrpc: '2.0', id: 1, method, params })
const notification = (method: string, params: unknown): unknown => ({ jsonrpc: '2.0', method, params })
const result = (_method: string, value: unknown): unknown => value

const tables = [
  ['clientRequest', server.clientRequest, samples.clientRequests, request],
  ['clientNotification', server.clientNotification, samples.clientNotifications, notification],
  ['clientResult', server.clientResult, results.clientResults, result],
  ['serverRequest', client.serverRequest, samples.serverRequests, request],
  ['serverNotification', client.serverNotification, samples.serverNotifications, notification],
  ['serverResult', client.serverResult, results.serverResults, result],
] as const

const rows = tables.flatMap(([table, lookUp, methods, wrap]) =>
  Object.entries(methods).map(([method, sample]) => ({ table, lookUp, method, sample, wrap })),
)

describe('2025-11-25: hand-made samples', () => {
  it.each(rows)('$table $method', ({ lookUp, method, sample }) => {
    const faultOf = (value: unknown): string | undefined => faultIn(lookUp(method), value)?.message
    expect(lookUp(method)).toBeDefined()
    expect(sample.valid.map((value) => faultOf(value))).toEqual(sample.valid.map(() => undefined))
    const faults = sample.broken.map((value) => faultOf(value))
    expect(faults).toEqual(sample.broken.map(() => expect.any(String)))
  })

  it.skipIf(!isPresent).each(rows)(
    'the official schema agrees (skipped without ../shared): $table $method',
    ({ method, sample, wrap }) => {
      const verdict = (value: unknown) => accepts?.(sample.type, wrap(method, value))
      expect(sample.valid.map(verdict)).toEqual(sample.valid.map(() => true))
      expect(sample.broken.map(verdict)).toEqual(sample.broken.map(() => false))
    },
  )

  it.each(tables)('%s has samples for every method, and for no other', (table, lookUp, methods) => {
    const side = table.startsWith('client') ? 'server' : 'client'
    const file = new URL(
      `../../../packages/protocol/src/revisions/2025-11-25/validators/${side}.gen.ts`,
      import.meta.url,
    )
    const body = readFileSync(file, 'utf8').split(`export const ${table} =`)[1]?.split('\n}\n')[0] ?? ''
    const known = [...body.matchAll(/case '(.+)':/g)].map(([, method]) => method ?? '')
    expect(new Set(Object.keys(methods))).toEqual(new Set(known))
    expect(known.every((method) => lookUp(method))).toBe(true)
  })

  it('3.2 #10: takes fractions where the official JSON Schema wants integers', () => {
    expect(
      faultIn(server.clientResult('elicitation/create'), { action: 'accept', content: { a: 0.5 } }),
    ).toBeUndefined()
    expect(
      faultIn(client.serverResult('completion/complete'), { completion: { values: [], total: 0.5 } }),
    ).toBeUndefined()
  })
})
