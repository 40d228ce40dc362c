import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import {
  asks,
  completes,
  cancels,
  negotiates,
  reads,
  logs,
  prompts,
  tellsProgress,
  tellsUpdate,
} from './echo-features.ts'
import type { EchoMeeting } from './echo-features.ts'
import { openPart } from './matrix.ts'
import type { Cell } from './matrix.ts'
import { errorOf, said } from './meeting.ts'
import type { Meet } from './meeting.ts'
import { bridgeTo } from './proxy-bridge.ts'
import { named } from './scripts.ts'
import { startEcho } from './serving.ts'
import type { Serving } from './serving.ts'
import { officialV1 } from './visitors/official-v1.ts'
import { officialV2 } from './visitors/official-v2.ts'
import { Persona } from './visitors/visitor.ts'
import type { Bring, Visitor } from './visitors/visitor.ts'

const column = openPart(
  15,
  `\`parley run URL\`: ${named('sdk')} and ${named('client')} over stdio, our echo over HTTP`,
  '`apps/echo` as it is installed, behind a bridge, open to everybody and behind a token.',
)

const token = 'a-token-of-the-interop-checks'

const calls = (cell: Cell, meet: Meet, meeting: EchoMeeting): void => {
  cell('negotiation', async () => {
    negotiates(meet, meeting)
    // What echo sees is the bridge's own leg, which is modern, made in the name of who stands before it.
    expect(JSON.parse(said(await meet().call('echo_whoami')))).toMatchObject({
      client: { name: meeting.client, version: '1.0.0' },
      version: '2026-07-28',
      transport: 'http',
      subject: null,
    })
  })
  cell('tools', async () => {
    expect(said(await meet().call('echo_tool', { message: 'Ahoy 👋' }))).toBe('Tool echo: Ahoy 👋')
    expect((await meet().call('echo_fail', { kind: 'tool_error' })).isError).toBe(true)
    expect((await errorOf(meet().call('echo_fail', { kind: 'protocol_error' }))).code).toEqual(expect.any(Number))
  })
  cell('progress', () => tellsProgress(meet))
  cell('cancellation', () => cancels(meet))
  cell('elicitation', () => asks(meet))
  cell('logging', () => logs(meet))
}

const offers = (cell: Cell, meet: Meet): void => {
  cell('resources', () => reads(meet))
  cell('prompts and completion', async () => {
    await prompts(meet)
    await completes(meet)
  })
  cell('subscription to a resource', () => tellsUpdate(meet))
}

/** What a configuration says of a server that wants a token. */
const guarded = (cell: Cell, bring: Bring): void => {
  cell('a token from a configuration', async () => {
    const echo = await startEcho(['--port', '0', '--auth'], { PARLEY_ECHO_TOKEN: token })
    const folder = await mkdtemp(join(tmpdir(), 'parley-bridge-'))
    const path = join(folder, 'mcp.json')
    const { url } = echo
    const written = { mcpServers: { echo: { url, headers: { Authorization: `Bearer ${token}` } } } }
    await writeFile(path, JSON.stringify(written))
    const visitor = await bring({ command: process.execPath, args: bridgeTo(`${path}:echo`) }, new Persona())
    expect(JSON.parse(said(await visitor.call('echo_whoami')))).toMatchObject({ subject: expect.any(String) as string })
    await visitor.close()
    await rm(folder, { recursive: true })
    await echo.close()
  })
}

const walk = (name: string, meeting: EchoMeeting): void => {
  column(name, (cell) => {
    let echo: Serving | undefined
    let visitor: Visitor | undefined
    const meet: Meet = () => {
      if (visitor === undefined) throw new Error('The connection failed')
      return visitor
    }
    beforeAll(async () => {
      echo = await startEcho(['--port', '0'])
      visitor = await meeting.bring({ command: process.execPath, args: bridgeTo(echo.url) }, new Persona())
    })
    afterAll(async () => {
      await visitor?.close()
      await echo?.close()
    })
    calls(cell, meet, meeting)
    offers(cell, meet)
    guarded(cell, meeting.bring)
  })
}

walk('sdk', { client: 'official-v1', version: '2025-11-25', era: 'legacy', bring: officialV1 })
walk('client', { client: 'official-v2', version: '2026-07-28', era: 'modern', bring: officialV2('auto') })
