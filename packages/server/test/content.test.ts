import { describe, expect, it } from 'vitest'
import { assistant, audio, embedded, file, image, link, text, user } from '../src/content.ts'

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])
const wav = new TextEncoder().encode('RIFF\x01\x01\x01\x01WAVEfmt ')
const base64 = 'iVBORw0KGgoBAgM='

describe('image', () => {
  it.each([
    ['bytes', png],
    ['a buffer', png.buffer],
    ['a blob', new Blob([png])],
    ['a data: URL', new URL(`data:image/png;base64,${base64}`)],
    ['base64', { data: base64 }],
    ['bytes in an object', { data: png }],
    ['a blob in an object', { blob: new Blob([png], { type: 'image/png' }) }],
    ['a URL in an object', { url: `data:;base64,${base64}` }],
  ])('P2: is made of %s', async (_kind, source) => {
    expect(await image(source)).toEqual({ type: 'image', data: base64, mimeType: 'image/png' })
  })

  it('keeps annotations and _meta', async () => {
    const made = await image(png, { annotations: { priority: 1 }, _meta: { a: 1 } })
    expect(made).toMatchObject({ annotations: { priority: 1 }, _meta: { a: 1 } })
  })

  it.each([
    [
      'raw pixels declared as PNG',
      { data: new Uint8Array(16), mimeType: 'image/png' },
      'Declared as image/png, but the bytes begin like no known type',
    ],
    [
      'a JPEG declared as PNG',
      { data: new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), mimeType: 'image/png' },
      'but the bytes begin like image/jpeg',
    ],
    ['unknown bytes', new Uint8Array([1, 2, 3]), 'begin like no known image'],
    ['sound', wav, 'Expected image content, found audio/wav'],
    ['no source', {}, 'exactly one source of data, blob, url, path; found none'],
    [
      'two sources',
      { data: png, blob: new Blob([png]) },
      'exactly one source of data, blob, url, path; found data, blob',
    ],
    ['a web URL', new URL('https://example.com/a.png'), 'Nothing is fetched here'],
    ['a file URL', new URL('file:///a.png'), 'read by @parley/server/node'],
    ['broken base64', { data: 'not base64!' }, 'must be padded base64'],
  ])('refuses %s', async (_kind, source, message) => {
    const making = image(source as Uint8Array)
    await expect(making).rejects.toThrow(TypeError)
    await expect(making).rejects.toThrow(message)
  })

  it.each([
    ['bytes', png],
    ['a blob', new Blob([png])],
    ['base64', { data: base64 }],
    ['a data: URL', new URL(`data:image/png;base64,${base64}`)],
  ])('refuses %s over the cap', async (_kind, source) => {
    await expect(image(source, { maxBytes: 5 })).rejects.toThrow('more than the 5 of maxBytes')
    expect(await image(source, { maxBytes: 11 })).toMatchObject({ data: base64 })
  })

  it('caps at 5 MB by default', async () => {
    await expect(image(new Uint8Array(5_000_001))).rejects.toThrow(
      'has 5000001 bytes, more than the 5000000 of maxBytes',
    )
  })

  it('takes other names for what the bytes are', async () => {
    const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0])
    expect(await image(jpeg, { mimeType: 'image/jpg' })).toMatchObject({ mimeType: 'image/jpg' })
  })
})

it('P2: sound is made of bytes', async () => {
  expect(await audio(wav)).toMatchObject({ type: 'audio', mimeType: 'audio/wav' })
  expect(await audio(wav, { mimeType: 'audio/x-wav' })).toMatchObject({ mimeType: 'audio/x-wav' })
  await expect(audio(png)).rejects.toThrow('Expected audio content, found image/png')
})

describe('file', () => {
  it('embeds text as text', async () => {
    const source = new File(['a,b\n1,2\n'], 'täble.csv')
    expect(await file(source)).toEqual({
      type: 'resource',
      resource: { uri: 'attachment:///t%C3%A4ble.csv', mimeType: 'text/csv', text: 'a,b\n1,2\n' },
    })
  })

  it('embeds everything else in base64', async () => {
    expect(await file(png, { uri: 'x://y' })).toEqual({
      type: 'resource',
      resource: { uri: 'x://y', mimeType: 'image/png', blob: base64 },
    })
    expect(await file(new Uint8Array([1]))).toMatchObject({
      resource: { uri: 'attachment:///file', mimeType: 'application/octet-stream', blob: 'AQ==' },
    })
  })

  it('refuses bytes that are not the image they are declared as', async () => {
    await expect(file(new Uint8Array(8), { mimeType: 'image/png' })).rejects.toThrow('Declared as image/png')
  })
})

it('makes text, links and embedded resources', () => {
  expect(text('hi', { annotations: { priority: 1 } })).toEqual({
    type: 'text',
    text: 'hi',
    annotations: { priority: 1 },
  })
  expect(link({ uri: 'a://b' })).toEqual({ type: 'resource_link', uri: 'a://b', name: 'a://b' })
  expect(embedded({ uri: 'a://b', text: 'c' })).toEqual({ type: 'resource', resource: { uri: 'a://b', text: 'c' } })
})

it('makes messages, of content still being made as well', async () => {
  expect(user('hi')).toEqual({ role: 'user', content: { type: 'text', text: 'hi' } })
  expect(assistant(text('ho'))).toEqual({ role: 'assistant', content: { type: 'text', text: 'ho' } })
  expect(await user(image(png))).toEqual({
    role: 'user',
    content: { type: 'image', data: base64, mimeType: 'image/png' },
  })
})
