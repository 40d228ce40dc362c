// oxlint-disable vitest/no-standalone-expect -- bothEras makes the tests that these stand in
import { bothEras } from '@parley/testing'
import { expect } from 'vitest'
import { createSqlite } from '../src/server.ts'
import { demo, opened, rejection } from './sqlite.ts'

const book = opened(demo)
const make = (options: { rehearse: boolean }) => createSqlite(book.explorer, options)

bothEras('each prompt begins with the schema, as a resource', make, async ({ client }) => {
  const args: Record<string, Record<string, string>> = {
    explore_database: {},
    ask: { question: 'Which author sells best?' },
    explain_sql: { sql: 'SELECT 1' },
    find_anomalies: { table: 'orders' },
    report: { topic: 'sales', style: 'slides' },
  }
  const prompts = await client.listPrompts()
  expect(prompts.map(({ name }) => name)).toEqual(Object.keys(args))
  for (const { name } of prompts) {
    const { messages } = await client.getPrompt(name, args[name])
    expect(messages[0]).toMatchObject({
      role: 'user',
      content: {
        type: 'resource',
        resource: { uri: 'schema://main', text: expect.stringContaining('CREATE TABLE') as string },
      },
    })
    for (const value of Object.values(args[name] ?? {})) {
      if (value !== 'slides') expect(JSON.stringify(messages.slice(1))).toContain(value)
    }
  }
})

bothEras('ask has several turns', make, async ({ client }) => {
  const { messages } = await client.getPrompt('ask', { question: 'Why?' })
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
})

bothEras('styles are a choice, and suggested', make, async ({ client }) => {
  const prompt = { type: 'ref/prompt', name: 'report' } as const
  expect((await client.complete(prompt, { name: 'style', value: 's' })).values).toEqual(['summary', 'slides'])
  expect(await rejection(client.getPrompt('report', { topic: 'x', style: 'haiku' }))).toMatchObject({ code: -32602 })
  const { messages } = await client.getPrompt('report', { topic: 'x' })
  expect(JSON.stringify(messages)).toContain('ten sentences')
})
