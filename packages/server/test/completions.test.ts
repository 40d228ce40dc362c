import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Completions } from '../src/features/completions.ts'
import type { Suggestions } from '../src/features/completer.ts'
import { Prompts } from '../src/features/prompts.ts'
import { Resources } from '../src/features/resources.ts'
import { alice, ask, FakeHost, prototypeNames } from './fakes.ts'
import type { AskOptions } from './fakes.ts'

const completionsOf = () => {
  const host = new FakeHost()
  const prompts = new Prompts(host)
  const resources = new Resources(host)
  const completions = new Completions(prompts, resources)
  const complete = (ref: object, name: string, value: string, args?: object, options?: AskOptions) => {
    const context = args === undefined ? {} : { context: { arguments: args } }
    return ask(completions, 'completion/complete', { ref, argument: { name, value }, ...context }, options)
  }
  return { completions, prompt: prompts.registrar<unknown>(), resource: resources.registrar<unknown>(), complete }
}

const promptRef = (name: string) => ({ type: 'ref/prompt', name })
const resourceRef = (uri: string) => ({ type: 'ref/resource', uri })

describe('the capability', () => {
  it('P3: is there once anything has a completer', () => {
    const { completions, prompt } = completionsOf()
    prompt('plain', { args: { a: z.string() } }, ({ a }) => a)
    expect(completions.capabilities()).toEqual({})
    prompt('chosen', { args: { a: z.enum(['x', 'y']) } }, ({ a }) => a)
    expect(completions.capabilities()).toEqual({ completions: {} })
  })

  it('P3: is there for a resource alone', () => {
    const { completions, resource } = completionsOf()
    resource('a://{b}', { complete: { b: () => [] } }, () => '')
    expect(completions.capabilities()).toEqual({ completions: {} })
  })
})

describe('completion/complete', () => {
  it('P3: suggests the values of a choice by their beginning, in any case', async () => {
    const { prompt, complete } = completionsOf()
    const args = z.object({
      lang: z.enum(['Python', 'PHP', 'Go']),
      n: z.union([z.literal(10), z.literal(20)]).optional(),
    })
    prompt('p', { args }, ({ lang }) => lang)
    expect(await complete(promptRef('p'), 'lang', 'p')).toEqual({
      completion: { values: ['Python', 'PHP'], total: 2, hasMore: false },
    })
    expect(await complete(promptRef('p'), 'n', '2')).toMatchObject({ completion: { values: ['20'] } })
  })

  it('P3: asks the completer, with what was chosen before', async () => {
    const { resource, complete } = completionsOf()
    const repo = (value: string, { arguments: { owner } }: { arguments: Readonly<Record<string, string>> }) => [
      `${owner}/${value}1`,
    ]
    resource('gh://{owner}/{repo}', { complete: { repo } }, () => '')
    const expected = { completion: { values: ['me/x1'], total: 1, hasMore: false } }
    expect(await complete(resourceRef('gh://{owner}/{repo}'), 'repo', 'x', { owner: 'me' })).toEqual(expected)
    expect(await complete(resourceRef('gh://any/where'), 'repo', 'x', { owner: 'me' })).toEqual(expected)
    expect(await complete(resourceRef('gh://any/where'), 'owner', 'x')).toEqual({
      completion: { values: [], total: 0, hasMore: false },
    })
  })

  const many = Array.from({ length: 250 }, (_each, index) => String(index))

  it.each([
    ['a long list', many, { total: 250, hasMore: true }],
    ['a long part', { values: many }, { total: 250, hasMore: true }],
    ['a part of more', { values: many, total: 1_000 }, { total: 1_000, hasMore: true }],
    ['exactly as many as there may be', many.slice(0, 100), { total: 100, hasMore: false }],
  ] satisfies [string, Suggestions, object][])('P3: sends 100 values of %s', async (_kind, suggestions, rest) => {
    const { prompt, complete } = completionsOf()
    prompt('p', { args: { a: z.string() }, complete: { a: async () => suggestions } }, ({ a }) => a)
    expect(await complete(promptRef('p'), 'a', '')).toEqual({ completion: { values: many.slice(0, 100), ...rest } })
  })

  it('P3: says what it knows of a short part', async () => {
    const { prompt, complete } = completionsOf()
    prompt('p', { args: { a: z.string() }, complete: { a: () => ({ values: ['x'], hasMore: true }) } }, ({ a }) => a)
    expect(await complete(promptRef('p'), 'a', '')).toEqual({ completion: { values: ['x'], hasMore: true } })
  })

  it('P4: refuses unknown references and arguments', async () => {
    const { prompt, complete, completions } = completionsOf()
    prompt('p', { args: { a: z.enum(['x']) }, visible: (principal) => principal !== undefined }, ({ a }) => a)
    for (const ref of [promptRef('p'), promptRef('q'), resourceRef('p'), { type: 'ref/other' }, {}]) {
      await expect(complete(ref, 'a', '')).rejects.toMatchObject({ code: -32602 })
    }
    await expect(complete(promptRef('p'), 'b', '', {}, { principal: alice })).rejects.toMatchObject({ code: -32602 })
    expect(await complete(promptRef('p'), 'a', '', {}, { principal: alice })).toMatchObject({
      completion: { total: 1 },
    })
    await expect(ask(completions, 'completion/complete', {})).rejects.toMatchObject({ code: -32602 })
  })

  it.each(prototypeNames)('SEC-PROTO-1: finds nothing called %s', async (name) => {
    const { prompt, complete } = completionsOf()
    const seen: unknown[] = []
    prompt(
      'p',
      { args: { a: z.string() }, complete: { a: (_value, context) => [String(seen.push(context.arguments[name]))] } },
      ({ a }) => a,
    )
    await expect(complete(promptRef(name), name, '')).rejects.toMatchObject({ code: -32602 })
    await expect(complete(promptRef('p'), name, '')).rejects.toMatchObject({ code: -32602 })
    await complete(promptRef('p'), 'a', '', { other: 'x' })
    await complete(promptRef('p'), 'a', '', JSON.parse(`{"${name}":"x"}`))
    expect(seen).toEqual([undefined, 'x'])
  })
})
