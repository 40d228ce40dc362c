import { connect } from '@parley/client'
import type { Client, ClientOptions } from '@parley/client'
import { ConnectionClosed } from '@parley/core'
import { Peer, revisions } from '@parley/protocol'
import { stdio } from '@parley/transports/stdio'
import type { StdioOptions } from '@parley/transports/stdio'
import { afterEach, describe, expect, it } from 'vitest'
import { Frames, victimCommand } from './raw-road.ts'

const newest = (era: string): string => revisions.find((each) => each.era === era)?.version ?? ''
const versions = [newest('modern'), newest('legacy')]

const open: Client[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()))
})

const started = async (version: string, flags: string[] = [], options: StdioOptions = {}): Promise<Client> => {
  const [command, args] = victimCommand(flags)
  const target = stdio(command, args, { stderr: 'ignore', ...options })
  const client = await connect(target, { name: 'bad-server', version: '1', versions: [version] })
  open.push(client)
  return client
}

const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

const canary = async (client: Client): Promise<unknown> => (await client.callTool('add', { a: 1, b: 2 })).content

describe.each(versions)('a server as a process, in %s', (version) => {
  it('that dies in the middle of a call rejects all that is under way, with its end and its last words', async () => {
    const client = await started(version)
    const held = reasonOf(client.callTool('hold'))
    const dying = await reasonOf(client.callTool('die'))
    expect(dying).toBeInstanceOf(ConnectionClosed)
    expect(dying).toMatchObject({ message: expect.stringContaining('exited with code 3'), stderr: 'last words\n' })
    expect(await held).toMatchObject({ name: 'ConnectionClosed', stderr: 'last words\n' })
    expect(await reasonOf(client.callTool('add', { a: 1, b: 2 }))).toBeInstanceOf(ConnectionClosed)
    expect(await client.closed).toBeInstanceOf(ConnectionClosed)
  })

  it('that floods stdout or stderr goes on being served, and loses nothing', async () => {
    const strays: string[] = []
    const client = await started(version, [], { onStray: (line) => strays.push(line) })
    const held = client.callTool('hold')
    const [out, error] = await Promise.all([client.callTool('flood-stdout'), client.callTool('flood-stderr')])
    expect([out.isError, error.isError]).toEqual([false, false])
    expect(strays).toEqual(Array(900).fill('no message'))
    expect(await canary(client)).toEqual([{ type: 'text', text: '3' }])
    await client.callTool('release')
    expect((await held).content).toEqual([{ type: 'text', text: 'held' }])
  })

  it('that drowns stdout is given up, and all that is under way rejects', async () => {
    const client = await started(version)
    const held = reasonOf(client.callTool('hold'))
    // Its own answer may still have come in the chunk that was one too many.
    const drowning = reasonOf(client.callTool('drown-stdout'))
    expect(await held).toMatchObject({
      name: 'ConnectionClosed',
      message: expect.stringMatching(/^The server wrote \d+ lines in a row that are no messages$/),
    })
    expect([undefined, await held]).toContain(await drowning)
  })

  it('that breaks a line in two spoils that line and no other', async () => {
    const client = await started(version)
    // What it wrote behind the road's back joins the answer, which thereby is lost; whoever waits has a deadline.
    const spoilt = reasonOf(client.callTool('split', {}, { timeout: 200 }))
    expect(await spoilt).toMatchObject({ name: 'TimeoutError' })
    expect(await canary(client)).toEqual([{ type: 'text', text: '3' }])
  })

  it('that ignores the end of its input and SIGTERM is ended all the same', async () => {
    const client = await started(version, ['--stubborn'], { grace: 100 })
    const held = reasonOf(client.callTool('hold'))
    expect(await canary(client)).toEqual([{ type: 'text', text: '3' }])
    await client.close()
    expect(await held).toBeInstanceOf(ConnectionClosed)
    expect(await client.closed).toBeUndefined()
  })
})

describe('consent', () => {
  it.each([undefined, null, 'no', 1, {}])('T43: is nothing but true: %j starts nothing', async (answer) => {
    // As a program without types might answer.
    const consent = (): never => answer as never
    await expect(started(versions[0] ?? '', [], { consent })).rejects.toThrow('was refused')
  })
})

describe('an error that sends the user to a page', () => {
  const visiting = async (url: unknown, options: Partial<ClientOptions> = {}): Promise<unknown> => {
    const data = { elicitations: [{ mode: 'url', url, message: 'Go there.', elicitationId: '1' }] }
    const client = await connect(
      async (responder) => {
        const answers = (text: string): void => {
          const { id, method } = JSON.parse(text) as { id?: number; method: string }
          const result = {
            protocolVersion: newest('legacy'),
            capabilities: { tools: {} },
            serverInfo: { name: 's', version: '1' },
          }
          const error = { code: -32042, message: 'Visit', data }
          const answer = method === 'initialize' ? { result } : { error }
          if (id !== undefined) channel.deliver(JSON.stringify({ jsonrpc: '2.0', id, ...answer }))
        }
        const channel = new Frames(answers)
        return new Peer(channel, responder)
      },
      { name: 'visitor', version: '1', versions: [newest('legacy')], ...options },
    )
    open.push(client)
    return reasonOf(client.callTool('x'))
  }

  it('Y1: is read as one for pages alone, and is a plain error for any other scheme', async () => {
    expect(await visiting('https://a.example/')).toMatchObject({ name: 'UrlElicitationRequired' })
    for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'vscode://x', 'a.example', 7, null]) {
      expect(await visiting(url)).toMatchObject({ name: 'RpcError', code: -32042 })
    }
  })
})
