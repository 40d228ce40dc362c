import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect } from 'vitest'
import { openPart } from './matrix.ts'
import { errorOf, said } from './meeting.ts'
import { bridgeTo } from './proxy-bridge.ts'
import { named, scripts } from './scripts.ts'
import { overHttp } from './serving.ts'
import type { Served } from './serving.ts'
import { officialV1 } from './visitors/official-v1.ts'
import { officialV2 } from './visitors/official-v2.ts'
import { Persona } from './visitors/visitor.ts'
import type { Address, Bring, Visitor } from './visitors/visitor.ts'

const column = openPart(
  13,
  '`parley run URL`: mishaps',
  `${named('sdk')} and ${named('client')} over stdio, at a bridge to what fails.`,
)

const behind = fileURLToPath(new URL('dist/proxy-behind.js', import.meta.url))

/** A server on a free port, and that port. */
const listen = async (answer: RequestListener): Promise<{ port: number; close: () => Promise<void> }> => {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // What listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: async () => {
      server.close().closeAllConnections()
      await once(server, 'close')
    },
  }
}

const freePort = async (): Promise<number> => {
  const { port, close } = await listen(() => undefined)
  await close()
  return port
}

const originOf = (port: number): string => `http://127.0.0.1:${port}`

const officials = [
  ['modern', overHttp(scripts.officialHttp, 'modern')],
  ['legacy', overHttp(scripts.officialV1)],
] as const

const urlAt = ({ address }: Served): string => ('url' in address ? address.url : '')

/** What becomes of a call whose server ends as soon as it says how far it has come. */
const dieUnder = async (visitor: Visitor, served: Served): ReturnType<typeof errorOf> => {
  const dying: Promise<void>[] = []
  const onProgress = (): void => void dying.push(served.close())
  const outcome = await errorOf(visitor.call('wait', {}, { onProgress }))
  await Promise.all(dying)
  return outcome
}

/** Answers that came to nobody: a call has one outcome, and no second one after it. */
const strays = ({ persona }: Visitor): string[] =>
  persona.complaints.filter((complaint) => complaint.includes('unknown message ID'))

const suffer = (name: string, bring: Bring): void => {
  column(name, (cell) => {
    let folder = ''
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'parley-bridge-'))
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))
    const complaints = (): string => join(folder, 'complaints')
    /** A bridge whose stderr is kept, and which finds no login of an earlier day. */
    const bridge = (port: number): Address => {
      const script = 'export XDG_CONFIG_HOME="$1"; exec 2>"$2"; shift 2; exec "$@"'
      const args = ['-c', script, 'sh', folder, complaints(), process.execPath, ...bridgeTo(`${originOf(port)}/mcp`)]
      return { command: '/bin/sh', args }
    }
    const told = async (port: number): Promise<{ code: unknown; message: string; stderr: string }> => {
      const error = await errorOf(bring(bridge(port), new Persona()))
      return { ...error, stderr: await readFile(complaints(), 'utf8') }
    }

    const unreachable = { code: -32603, message: 'The server behind this proxy cannot be reached' }
    const fallen = { code: -32603, message: 'The server behind this proxy did not answer as it should' }

    cell('nobody is there', async () => {
      const port = await freePort()
      const { stderr, ...error } = await told(port)
      expect(error).toEqual(unreachable)
      expect(stderr).toMatch(new RegExp(`^parley: The server could not be reached: POST ${originOf(port)}.*\\n$`))
    })
    cell('a login that is not to be had', async () => {
      const locked = await listen((request, response) => {
        if (request.url === '/mcp') response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()
        else response.writeHead(404).end()
      })
      const { stderr, ...error } = await told(locked.port)
      await locked.close()
      expect(error).toEqual(unreachable)
      expect(stderr).toMatch(new RegExp(`^parley: ${originOf(locked.port)} does not register a client .*\\n$`))
    })
    cell('a server that is none', async () => {
      const page = await listen((_, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>')
      })
      const { stderr, ...error } = await told(page.port)
      await page.close()
      expect(error).toEqual(unreachable)
      expect(stderr).toMatch(/^parley: .*HTTP 200 came with "text\/html", not JSON\n$/)
    })
    cell('a server that dies in mid-call, and comes back', async () => {
      const port = await freePort()
      const serve = overHttp(behind, String(port))
      const first = await serve()
      const visitor = await bring(bridge(port), new Persona())
      expect(await dieUnder(visitor, first)).toEqual(fallen)
      expect(await errorOf(visitor.call('waits'))).toEqual(fallen)
      const second = await serve()
      expect(said(await visitor.call('waits'))).toBe('0')
      expect(strays(visitor)).toEqual([])
      await visitor.close()
      await second.close()
    })
    for (const [era, serve] of officials) {
      cell(`an official ${era} server that dies in mid-call`, async () => {
        const first = await serve()
        const visitor = await bring(bridge(Number(new URL(urlAt(first)).port)), new Persona())
        expect(await dieUnder(visitor, first)).toEqual(fallen)
        expect(strays(visitor)).toEqual([])
        await visitor.close()
      })
    }
  })
}

suffer('sdk', officialV1)
suffer('client', officialV2('auto'))
suffer('client 2025-11-25', officialV2('legacy', '2025-11-25'))
