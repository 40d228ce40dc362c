import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { openPart } from './matrix.ts'
import type { Cell } from './matrix.ts'
import { errorOf, said } from './meeting.ts'
import type { Meet } from './meeting.ts'
import { bridgeTo } from './proxy-bridge.ts'
import { startEcho } from './proxy-echo.ts'
import type { RemoteEcho } from './proxy-echo.ts'
import { named } from './scripts.ts'
import { officialV1 } from './visitors/official-v1.ts'
import { officialV2 } from './visitors/official-v2.ts'
import { Persona } from './visitors/visitor.ts'
import type { Bring, Visitor } from './visitors/visitor.ts'

const column = openPart(
  15,
  `\`parley run URL\`: ${named('sdk')} and ${named('client')} over stdio, our echo over HTTP`,
  '`apps/echo` as it is installed, behind a bridge, open to everybody and behind a token.',
)

type Meeting = { bring: Bring; client: string; version: string; era: 'legacy' | 'modern' }

const token = 'a-token-of-the-interop-checks'

const calls = (cell: Cell, meet: Meet, { client, version, era }: Meeting): void => {
  cell('negotiation', async () => {
    const { terms } = meet()
    expect({ version: terms.version, era: terms.era, server: terms.server }).toEqual({
      version,
      era,
      server: { name: 'echo', version: '1.0.0' },
    })
    // What echo sees is the bridge's own leg, which is modern, made in the name of who stands before it.
    expect(JSON.parse(said(await meet().call('echo_whoami')))).toMatchObject({
      client: { name: client, version: '1.0.0' },
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
  cell('progress', async () => {
    const heard: unknown[] = []
    const onProgress = ({ message }: { message?: string | undefined }): void => void heard.push(message)
    const args = { message: 'Ahoy', times: 3, delay_ms: 100 }
    expect(said(await meet().call('echo_many', args, { onProgress }))).toBe('Ahoy\nAhoy\nAhoy')
    expect(heard[0]).toBe('1 of 3')
  })
  cell('cancellation', async () => {
    const stop = new AbortController()
    const onProgress = (): void => stop.abort(new DOMException('Enough', 'AbortError'))
    const args = { message: 'Ahoy', times: 100, delay_ms: 100 }
    const { message } = await errorOf(meet().call('echo_many', args, { onProgress, signal: stop.signal }))
    expect(message).toContain('Enough')
    expect(said(await meet().call('echo_tool', { message: 'still here' }))).toBe('Tool echo: still here')
  })
  cell('elicitation', async () => {
    const { persona } = meet()
    persona.content = { message: 'Ada' }
    expect(said(await meet().call('echo_ask'))).toBe('You said: Ada')
    persona.action = 'decline'
    expect(said(await meet().call('echo_ask'))).toBe('You chose to decline.')
  })
  cell('logging', async () => {
    const { logs } = meet().persona
    await meet().call('echo_log', { message: 'Ahoy' }, { logLevel: 'critical' })
    const levels = ['critical', 'alert', 'emergency']
    expect(logs).toEqual(levels.map((level) => ({ level, logger: 'echo', data: 'Ahoy' })))
  })
}

const offers = (cell: Cell, meet: Meet): void => {
  cell('resources', async () => {
    expect((await meet().resourcePages()).flat()).toContain('echo://static')
    const uri = 'echo://Ada%20L'
    expect(await meet().read(uri)).toEqual([{ uri, mimeType: 'text/plain', text: 'Resource echo: Ada L' }])
  })
  cell('prompts and completion', async () => {
    const text = 'Please process this message: Ahoy'
    const messages = await meet().prompt('echo_prompt', { message: 'Ahoy' })
    expect(messages).toEqual([{ role: 'user', content: { type: 'text', text } }])
    await meet().call('echo_tool', { message: 'parrot' })
    const ref = { type: 'ref/resource', uri: 'echo://{message}' } as const
    expect((await meet().complete(ref, { name: 'message', value: 'parr' })).values).toEqual(['parrot'])
  })
  cell('subscription to a resource', async () => {
    const watch = await meet().watch({ uri: 'echo:recent' })
    await meet().call('echo_tool', { message: 'fresh' })
    expect(await watch.next()).toBe('echo:recent')
    await watch.close()
  })
}

/** What a configuration says of a server that wants a token. */
const guarded = (cell: Cell, bring: Bring): void => {
  cell('a token from a configuration', async () => {
    const echo = await startEcho(token)
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

const walk = (name: string, meeting: Meeting): void => {
  column(name, (cell) => {
    let echo: RemoteEcho | undefined
    let visitor: Visitor | undefined
    const meet: Meet = () => {
      if (visitor === undefined) throw new Error('The connection failed')
      return visitor
    }
    beforeAll(async () => {
      echo = await startEcho()
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
