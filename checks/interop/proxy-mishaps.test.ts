import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { listen } from '../auth/listener.ts'
import { openPart } from './matrix.ts'
import type { Cell } from './matrix.ts'
import { errorOf, said } from './meeting.ts'
import { bridgeTo } from './proxy-bridge.ts'
import { openRelay } from './proxy-relay.ts'
import type { Relay } from './proxy-relay.ts'
import { named, scripts } from './scripts.ts'
import { overHttp } from './serving.ts'
import type { Serve, Served } from './serving.ts'
import { officialV1 } from './visitors/official-v1.ts'
import { officialV2 } from './visitors/official-v2.ts'
import { Persona } from './visitors/visitor.ts'
import type { Bring, Visitor } from './visitors/visitor.ts'

const column = openPart(
  13,
  '`parley run URL`: mishaps',
  `${named('sdk')} and ${named('client')} over stdio, at a bridge to what fails. “modern” and “legacy” are as above.`,
)

const unreachable = { code: -32603, message: 'The server behind this proxy cannot be reached' }
const fallen = { code: -32603, message: 'The server behind this proxy went away before it answered' }

/** What is heard at a bridge to a server that answers every request in one way. */
type Crossing = { origin: string; error: { code: unknown; message: string }; stderr: string }

type Cross = (answer: RequestListener, listens?: boolean) => Promise<Crossing>

/** Crosses a bridge whose stderr is kept, and which finds no login of an earlier day. */
const crossing =
  (bring: Bring, folder: () => string): Cross =>
  async (answer, listens = true) => {
    const door = await listen(() => answer)
    const { origin } = door
    if (!listens) await door.close()
    const complaints = join(folder(), 'complaints')
    const script = 'export XDG_CONFIG_HOME="$1"; exec 2>"$2"; shift 2; exec "$@"'
    const args = ['-c', script, 'sh', folder(), complaints, process.execPath, ...bridgeTo(`${origin}/mcp`)]
    const error = await errorOf(bring({ command: '/bin/sh', args }, new Persona()))
    if (listens) await door.close()
    return { origin, error, stderr: await readFile(complaints, 'utf8') }
  }

const doors = (cell: Cell, cross: Cross): void => {
  cell('nobody is there', async () => {
    const { origin, error, stderr } = await cross(() => undefined, false)
    expect(error).toEqual(unreachable)
    expect(stderr.startsWith(`parley: The server could not be reached: POST ${origin}`)).toBe(true)
    expect(stderr.split('\n')).toHaveLength(2)
  })
  cell('a login that is not to be had', async () => {
    const { origin, error, stderr } = await cross((request, response) => {
      if (request.url === '/mcp') response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()
      else response.writeHead(404).end()
    })
    expect(error).toEqual(unreachable)
    expect(stderr.startsWith(`parley: ${origin} does not register a client with the redirect URI `)).toBe(true)
    expect(stderr.split('\n')).toHaveLength(2)
  })
  cell('a page that is no server', async () => {
    const { error, stderr } = await cross((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>')
    })
    expect(error).toEqual(unreachable)
    expect(stderr).toMatch(/^parley: [^\n]*HTTP 200 came with "text\/html", not JSON\n$/)
  })
}

type Fall = { bring: Bring; serve: Serve; asksAgain: boolean }

const rise = async (relay: Relay, serve: Serve): Promise<Served> => {
  const served = await serve()
  if ('url' in served.address) relay.lead(served.address.url)
  return served
}

/** Lets the server die as soon as a call says how far it has come, and another one take its place. */
const fall = async ({ bring, serve, asksAgain }: Fall, relay: Relay): Promise<Visitor> => {
  const first = await rise(relay, serve)
  const visitor = await bring({ command: process.execPath, args: bridgeTo(relay.url) }, new Persona())
  const stop = new AbortController()
  let dead = Promise.resolve()
  const onProgress = (): void => {
    relay.lead(undefined)
    dead = first.close()
    if (asksAgain) stop.abort(new DOMException('Enough', 'AbortError'))
  }
  const outcome = await errorOf(visitor.call('wait', {}, { onProgress, signal: stop.signal }))
  if (asksAgain) expect(outcome.message).toContain('Enough')
  else {
    expect(outcome).toEqual(fallen)
    expect(await errorOf(visitor.call('waits'))).toEqual(fallen)
  }
  await dead
  const second = await rise(relay, serve)
  expect(said(await visitor.call('waits'))).toBe('0')
  await visitor.close()
  await second.close()
  return visitor
}

const falls = (cell: Cell, bring: Bring): void => {
  const servers = [
    ['modern', overHttp(scripts.officialHttp, 'modern')],
    ['legacy', overHttp(scripts.officialV1)],
  ] as const
  for (const [name, serve] of servers) {
    cell(`${name}: dies in mid-call and comes back`, async () => {
      const relay = await openRelay()
      // What a stream with ids would have brought is asked for again and again, for as long as the caller waits.
      const { persona } = await fall({ bring, serve, asksAgain: name === 'legacy' }, relay)
      await relay.close()
      // A call has one outcome, and no second one after it.
      expect(persona.complaints.filter((complaint) => complaint.includes('unknown message ID'))).toEqual([])
    })
  }
}

const suffer = (name: string, bring: Bring): void => {
  column(name, (cell) => {
    let folder = ''
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'parley-bridge-'))
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))
    doors(
      cell,
      crossing(bring, () => folder),
    )
    falls(cell, bring)
  })
}

suffer('sdk', officialV1)
suffer('client', officialV2('auto'))
