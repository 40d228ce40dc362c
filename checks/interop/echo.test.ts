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
import { legacyVersions } from './expected.ts'
import { openPart } from './matrix.ts'
import type { Cell } from './matrix.ts'
import { named, scripts } from './scripts.ts'
import { errorOf, said } from './meeting.ts'
import type { Meet } from './meeting.ts'
import { officialV1 } from './visitors/official-v1.ts'
import { officialV2 } from './visitors/official-v2.ts'
import { Persona } from './visitors/visitor.ts'
import type { Visitor } from './visitors/visitor.ts'

const column = openPart(
  5,
  `${named('client')} and ${named('sdk')}, our echo`,
  'The official clients against `apps/echo`, as it is installed.',
)

const signatures = { image: Buffer.from('\x89PNG', 'latin1'), audio: Buffer.from('RIFF') }

const basics = (cell: Cell, meet: Meet, meeting: EchoMeeting): void => {
  const { version, era, client } = meeting
  cell('negotiation', async () => {
    negotiates(meet, meeting)
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

const features = (cell: Cell, meet: Meet, { version }: EchoMeeting): void => {
  cell('progress', () => tellsProgress(meet))
  cell('cancellation', () => cancels(meet))
  cell('resources', async () => {
    await reads(meet)
    expect(await meet().templates()).toEqual(['echo://{message}'])
  })
  cell('prompts', () => prompts(meet))
  cell('completion', () => completes(meet))
  cell('elicitation', async () => {
    if (version < '2025-06-18') {
      const { message } = await errorOf(meet().call('echo_ask'))
      expect(message).toBe('The revision in use has no elicitation')
      return { absent: 'not before 2025-06-18' }
    }
    await asks(meet)
    return undefined
  })
  cell('logging', () => logs(meet))
  cell('subscription to a resource', () => tellsUpdate(meet))
}

const walk = (name: string, meeting: EchoMeeting): void => {
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
