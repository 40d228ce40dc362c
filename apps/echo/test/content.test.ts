import { crc32, inflateSync } from 'node:zlib'
import type { ContentBlock } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { badge, tone } from '../src/badge.ts'
import { formats } from '../src/content.ts'
import { echoClient, rejection, versions } from './echo.ts'

const message = 'Ahoy! 👋'
const uri = `echo://${encodeURIComponent(message)}`
const json = JSON.stringify({ message, length: 8 })
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const expected = async (format: string, version: string): Promise<ContentBlock | undefined> => {
  const isOld = version === '2024-11-05'
  const sound = base64(tone(message))
  const blocks: Record<string, ContentBlock> = {
    text: { type: 'text', text: message },
    json: { type: 'text', text: json },
    image: { type: 'image', mimeType: 'image/png', data: base64(await badge(message)) },
    // The oldest revision has neither sound nor links, and gets them in words that it knows.
    audio: isOld
      ? { type: 'resource', resource: { uri: 'data:audio/wav', mimeType: 'audio/wav', blob: sound } }
      : { type: 'audio', mimeType: 'audio/wav', data: sound },
    link: isOld
      ? { type: 'text', text: `${message}: ${uri}` }
      : { type: 'resource_link', uri, name: message, mimeType: 'text/plain' },
    embedded: { type: 'resource', resource: { uri, mimeType: 'text/plain', text: message } },
  }
  return blocks[format]
}

describe.each(versions)('every kind of content, in %s', (version) => {
  it.each(formats)('echo_as says a message as %s', async (format) => {
    const client = await echoClient(version)
    const { content, structured } = await client.callTool('echo_as', { message, format })
    expect(content).toEqual([await expected(format, version)])
    const isStructured = format === 'json' && version !== '2024-11-05'
    expect(structured).toEqual(isStructured ? { message, length: 8 } : undefined)
  })

  it.each(formats)('echo_content says a message as %s', async (format) => {
    const client = await echoClient(version)
    const { messages } = await client.getPrompt('echo_content', { message, format })
    expect(messages).toEqual([{ role: 'user', content: await expected(format, version) }])
  })

  it('what a link names can be read', async () => {
    const client = await echoClient(version)
    const longest = '…'.repeat(10_000)
    const { content } = await client.callTool('echo_as', { message: longest, format: 'embedded' })
    const [block] = content
    const { text } = await client.readResource(block?.type === 'resource' ? block.resource.uri : '')
    expect(text() === `Resource echo: ${longest}`).toBe(true)
  })

  it('refuses what no URI can carry', async () => {
    const client = await echoClient(version)
    const { isError, content } = await client.callTool('echo_as', { message: 'half: \ud83d', format: 'link' })
    expect(isError).toBe(true)
    expect(content).toEqual([
      { type: 'text', text: expect.stringMatching(/message: holds half a surrogate/) as string },
    ])
    const error = await rejection(client.getPrompt('echo_content', { message: '\udc4b' }))
    expect(error).toMatchObject({ code: -32602, message: expect.stringMatching(/message: holds half/) as string })
  })
})

describe('a badge', () => {
  const chunksOf = (png: Buffer): { type: string; body: Buffer; sound: boolean }[] => {
    const chunks = []
    for (let at = 8; at < png.length;) {
      const length = png.readUInt32BE(at)
      const named = png.subarray(at + 4, at + 8 + length)
      const sound = png.readUInt32BE(at + 8 + length) === crc32(named)
      chunks.push({ type: named.toString('latin1', 0, 4), body: named.subarray(4), sound })
      at += 12 + length
    }
    return chunks
  }

  it.each(['', 'A', message, 'x'.repeat(10_000)])(
    'is a sound PNG, with a column for each byte of %.12j',
    async (said) => {
      const png = Buffer.from(await badge(said))
      const chunks = chunksOf(png)
      expect(png.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n')
      expect(chunks.map(({ type, sound }) => [type, sound])).toEqual([
        ['IHDR', true],
        ['IDAT', true],
        ['IEND', true],
      ])
      const [header, pixels] = chunks
      const width = Math.min(Math.max(new TextEncoder().encode(said).length, 1), 128)
      expect(header?.body.readUInt32BE(0)).toBe(width)
      expect(header?.body.readUInt32BE(4)).toBe(32)
      expect(inflateSync(pixels?.body ?? '').length).toBe(32 * (width + 1))
    },
  )
})

describe('a tone', () => {
  it.each([
    ['', 1],
    [message, 7],
    ['x'.repeat(10_000), 20],
  ])('is a sound WAV: a twentieth of a second for each character', (said, beeps) => {
    const wav = Buffer.from(tone(said))
    expect([wav.toString('latin1', 0, 4), wav.toString('latin1', 8, 16)]).toEqual(['RIFF', 'WAVEfmt '])
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8)
    expect(wav.readUInt32LE(24)).toBe(8000)
    expect(wav.readUInt32LE(40)).toBe(beeps * 400)
    expect(wav.length).toBe(44 + beeps * 400)
  })
})
