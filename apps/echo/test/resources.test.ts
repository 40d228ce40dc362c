import type { Client } from '@parley/client'
import { describe, expect, it, vi } from 'vitest'
import { Recent } from '../src/recent.ts'
import { echoClient, rejection, versions } from './echo.ts'

const say = async (client: Client, ...messages: string[]): Promise<void> => {
  for (const message of messages) await client.callTool('echo_tool', { message })
}

const recent = async (client: Client): Promise<unknown> => JSON.parse((await client.readResource('echo:recent')).text())

describe.each(versions)('resources, in %s', (version) => {
  const template = { type: 'ref/resource', uri: 'echo://{message}' } as const

  it('are listed where they are fixed', async () => {
    const client = await echoClient(version)
    const listed = await client.listResources()
    expect(listed.map(({ uri, name }) => [uri, name])).toEqual([
      ['echo://static', 'static'],
      ['echo:recent', 'recent'],
    ])
  })

  it('hold what was said last, once, newest first', async () => {
    const client = await echoClient(version)
    expect(await recent(client)).toEqual([])
    await say(client, 'one', 'two', 'one', 'three', 'x'.repeat(201))
    expect(await recent(client)).toEqual(['three', 'one', 'two'])
  })

  it('are read without an effect', async () => {
    const client = await echoClient(version)
    await client.readResource('echo://one')
    expect(await recent(client)).toEqual([])
  })

  it('suggest recent messages while one is typed', async () => {
    const client = await echoClient(version)
    await say(client, 'Ahoy!', 'Bye', 'Ahoy there')
    const argument = { name: 'message', value: 'Aho' }
    expect(await client.complete(template, argument)).toEqual({
      values: ['Ahoy there', 'Ahoy!'],
      total: 2,
      hasMore: false,
    })
    const prompt = { type: 'ref/prompt', name: 'echo_prompt' } as const
    expect((await client.complete(prompt, argument)).values).toEqual(['Ahoy there', 'Ahoy!'])
    expect((await client.complete(template, { name: 'message', value: 'C' })).values).toEqual([])
  })

  it('tell whoever listens when the recent messages change, and only then', async () => {
    const client = await echoClient(version)
    const changes = await client.listen({ resourceSubscriptions: ['echo:recent'] })
    expect(changes.acknowledged).toEqual({ resourceSubscriptions: ['echo:recent'] })
    const heard = changes[Symbol.asyncIterator]()
    await say(client, 'one')
    expect(await heard.next()).toEqual({ done: false, value: { type: 'resourceUpdated', uri: 'echo:recent' } })
    // The same again changes nothing; the answer comes after whatever would have been sent.
    await say(client, 'one')
    await changes.close()
    expect(await heard.next()).toEqual({ done: true, value: undefined })
  })

  it('R2: are not there at an empty message or anywhere else', async () => {
    const client = await echoClient(version)
    for (const uri of ['echo://', 'echo:nothing', 'other://one']) {
      expect(await rejection(client.readResource(uri))).toMatchObject({
        kind: 'resourceNotFound',
        code: version === '2026-07-28' ? -32602 : -32002,
      })
    }
  })
})

describe('what is recent', () => {
  it('is as much as fits, without the oldest', () => {
    const changed = vi.fn<() => void>()
    const kept = new Recent(changed, 2)
    for (const message of ['one', 'two', 'three', 'three']) expect(kept.keep(message)).toBe(message)
    expect(kept.startingWith('')).toEqual(['three', 'two'])
    expect(changed).toHaveBeenCalledTimes(3)
  })
})
