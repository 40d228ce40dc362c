import { afterAll, beforeAll, expect } from 'vitest'
import { legacyVersions } from './expected.ts'
import { openPart } from './matrix.ts'
import type { Cell } from './matrix.ts'
import { named, scripts } from './scripts.ts'
import { errorOf, said } from './meeting.ts'
import { officialV1 } from './visitors/official-v1.ts'
import { officialV2 } from './visitors/official-v2.ts'
import { Persona } from './visitors/visitor.ts'
import type { Bring, Visitor } from './visitors/visitor.ts'

const column = openPart(
  5,
  `${named('client')} and ${named('sdk')}, our echo`,
  'The official clients against `apps/echo`, as it is installed.',
)

type Meeting = { bring: Bring; version: string; era: 'legacy' | 'modern'; client: string }
type Meet = () => Visitor

const signatures = { image: Buffer.from('\x89PNG', 'latin1'), audio: Buffer.from('RIFF') }

const basics = (cell: Cell, meet: Meet, { version, era, client }: Meeting): void => {
  cell('negotiation', async () => {
    const { terms } = meet()
    expect({ version: terms.version, era: terms.era, server: terms.server }).toEqual({
      version,
      era,
      server: { name: 'echo', version: '1.0.0' },
    })
    const { content, isError } = await meet().call('echo_whoami')
    const [block] = content as [{ text: string }]
    expect({ isError, who: JSON.parse(block.text) as unknown }).toEqual({
      isError: false,
      who: { client: { name: client, version: '1.0.0' }, version, era, transport: 'stdio', subject: null },
    })
  })
  cell('tools', async () => {
    expect(await meet().tools()).toContain('echo_tool')
    expect(said(await meet().call('echo_tool', { message: 'Ahoy 👋' }))).toBe('Tool echo: Ahoy 👋')
  })
  cell('tools: kinds of content', async () => {
    for (const type of ['image', 'audio'] as const) {
      const { content } = await meet().call('echo_as', { message: 'Ahoy', format: type })
      const [block] = content as [{ type: string; data?: string; resource?: { blob: string } }]
      // Before audio was a kind of content, it went as a resource.
      const bytes = Buffer.from(block.data ?? block.resource?.blob ?? '', 'base64')
      const early = type === 'audio' && version < '2025-03-26'
      expect({ type: block.type, signature: bytes.subarray(0, 4) }).toEqual({
        type: early ? 'resource' : type,
        signature: signatures[type],
      })
    }
  })
  cell('tools: failures', async () => {
    const failed = await meet().call('echo_fail', { kind: 'tool_error' })
    expect(failed.isError).toBe(true)
    expect((await errorOf(meet().call('echo_fail', { kind: 'protocol_error' }))).code).toEqual(expect.any(Number))
    const masked = await meet().call('echo_fail', { kind: 'exception' })
    expect(JSON.stringify(masked)).not.toContain('Nobody')
    expect((masked.content as [{ text: string }])[0].text).toMatch(/^Internal error \([\da-f-]{36}\)$/)
  })
}

const features = (cell: Cell, meet: Meet, { version }: Meeting): void => {
  cell('progress', async () => {
    const heard: unknown[] = []
    const onProgress = ({ message }: { message?: string | undefined }): void => void heard.push(message)
    // A pause before each, or the client would drop what comes in one piece with the result.
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
  cell('resources', async () => {
    expect((await meet().resourcePages()).flat()).toContain('echo://static')
    expect(await meet().templates()).toEqual(['echo://{message}'])
    const uri = 'echo://Ada%20L'
    expect(await meet().read(uri)).toEqual([{ uri, mimeType: 'text/plain', text: 'Resource echo: Ada L' }])
  })
  cell('prompts', async () => {
    const text = 'Please process this message: Ahoy'
    const messages = await meet().prompt('echo_prompt', { message: 'Ahoy' })
    expect(messages).toEqual([{ role: 'user', content: { type: 'text', text } }])
  })
  cell('completion', async () => {
    await meet().call('echo_tool', { message: 'parrot' })
    const ref = { type: 'ref/resource', uri: 'echo://{message}' } as const
    expect((await meet().complete(ref, { name: 'message', value: 'parr' })).values).toEqual(['parrot'])
  })
  cell('elicitation', async () => {
    const { persona } = meet()
    persona.content = { message: 'Ada' }
    if (version < '2025-06-18') {
      const { message } = await errorOf(meet().call('echo_ask'))
      expect(message).toBe('The revision in use has no elicitation')
      return { absent: 'not before 2025-06-18' }
    }
    expect(said(await meet().call('echo_ask'))).toBe('You said: Ada')
    persona.action = 'decline'
    expect(said(await meet().call('echo_ask'))).toBe('You chose to decline.')
    return undefined
  })
  cell('logging', async () => {
    const { logs } = meet().persona
    await meet().call('echo_log', { message: 'Ahoy' }, { logLevel: 'critical' })
    const levels = ['critical', 'alert', 'emergency']
    expect(logs).toEqual(levels.map((level) => ({ level, logger: 'echo', data: 'Ahoy' })))
  })
  cell('subscription to a resource', async () => {
    const watch = await meet().watch({ uri: 'echo:recent' })
    await meet().call('echo_tool', { message: 'fresh' })
    expect(await watch.next()).toBe('echo:recent')
    await watch.close()
  })
}

const walk = (name: string, meeting: Meeting): void => {
  column(name, (cell) => {
    let visitor: Visitor | undefined
    const meet: Meet = () => {
      if (visitor === undefined) throw new Error('The connection failed')
      return visitor
    }
    beforeAll(async () => {
      visitor = await meeting.bring({ command: process.execPath, args: [scripts.echo] }, new Persona())
    })
    afterAll(() => visitor?.close())
    basics(cell, meet, meeting)
    features(cell, meet, meeting)
  })
}

const v2 = { client: 'official-v2', version: '2026-07-28', era: 'modern' } as const
walk('client auto', { ...v2, bring: officialV2('auto') })
walk('client 2026-07-28', { ...v2, bring: officialV2({ pin: '2026-07-28' }) })
for (const version of legacyVersions) {
  walk(`client ${version}`, { ...v2, version, era: 'legacy', bring: officialV2('legacy', version) })
}
walk('sdk', { client: 'official-v1', version: '2025-11-25', era: 'legacy', bring: officialV1 })
