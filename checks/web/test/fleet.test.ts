import { RpcError } from '@parley/core'
import { afterEach, describe, expect, it } from 'vitest'
import { call, say } from '../callers.ts'
import type { Caller } from '../callers.ts'
import { commandPath, titleWith } from '../commands.ts'
import { startFleet } from '../fleet.ts'
import type { FleetOptions } from '../fleet.ts'
import { replaced, startProxy } from '../nginx.ts'

const path = commandPath('nginx')
const secret = 'c2VjcmV0cyBhcmUgNDggcmFuZG9tIGJ5dGVzLCBvciBtb3JlIQ'

describe.skipIf(path === undefined)(titleWith('two processes behind nginx, in turn', 'nginx', path), () => {
  const open: AsyncDisposable[] = []
  afterEach(async () => {
    for (const each of open.splice(0).toReversed()) await each[Symbol.asyncDispose]()
  })

  const start = async (options: FleetOptions, edit?: (block: string) => string): Promise<string> => {
    const fleet = await startFleet(options)
    open.push(fleet)
    const proxy = await startProxy(path ?? '', { members: fleet.ports, ...(edit && { edit }) })
    open.push(proxy)
    return proxy.url
  }

  const reach = async (url: string, version: string): Promise<Caller> => {
    const caller = await call(url, version)
    open.push(caller.client)
    return caller
  }

  it('share a modern call of several rounds when they share a secret', async () => {
    const { client } = await reach(await start({ secrets: [secret, secret] }), '2026-07-28')
    const answers = [await say(client, 'whoami'), await say(client, 'whoami')]
    expect(answers.toSorted()).toEqual(['nobody at member 1', 'nobody at member 2'])
    expect(await say(client, 'ask')).toMatch(
      /^(?:member 1 asked, Ada answered member 2|member 2 asked, Ada answered member 1)$/,
    )
  })

  it('refuse one another’s state when each has a secret of its own', async () => {
    const { client } = await reach(await start({ secrets: [undefined, undefined] }), '2026-07-28')
    const refused = await client.callTool('ask').catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(RpcError)
    expect(refused).toMatchObject({ kind: 'invalidParams', message: 'requestState was refused' })
    // What needs no second round needs no secret either.
    expect(await say(client, 'whoami')).toMatch(/^nobody at member [12]$/)
  })

  it('G3: do not know one another’s sessions', async () => {
    const url = await start({ secrets: [secret, secret] })
    const refused = await call(url, '2025-11-25').catch((error: unknown) => error)
    expect(refused).toMatchObject({ name: 'HttpFailure', status: 404 })
  })

  it('keep a legacy client at the process that knows it, with ip_hash', async () => {
    const hashed = (block: string): string => replaced(block, 'upstream parley {', 'upstream parley {\n  ip_hash;')
    const { client } = await reach(await start({ secrets: [secret, secret] }, hashed), '2025-11-25')
    expect(await say(client, 'ask')).toMatch(/^(member [12]) asked, Ada answered \1$/)
  })

  it('serve legacy clients, too, without sessions; then nobody can be asked', async () => {
    const { client } = await reach(await start({ secrets: [secret, secret], sessions: false }), '2025-11-25')
    const answers = [await say(client, 'whoami'), await say(client, 'whoami')]
    expect(answers.toSorted()).toEqual(['nobody at member 1', 'nobody at member 2'])
    const refused = await client.callTool('ask').catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(RpcError)
    expect(refused).toMatchObject({ message: expect.stringContaining('elicitation') })
  })
})
