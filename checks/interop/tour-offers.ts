import { expect } from 'vitest'
import { itemTemplate, pixel, readme, resourceUris } from './fixtures/tour.ts'
import type { Cell } from './matrix.ts'
import { errorOf } from './meeting.ts'
import type { Meet, Meeting } from './meeting.ts'

/** Resources and templates. */
export const resources = (cell: Cell, meet: Meet, expected: Meeting): void => {
  cell('resources: list, page by page', async () => {
    const pages = await meet().resourcePages()
    expect(pages.flat()).toEqual(resourceUris)
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1])
  })
  cell('resources: text and blob', async () => {
    expect(await meet().read('tour://readme')).toEqual([
      { uri: 'tour://readme', mimeType: 'text/markdown', text: readme },
    ])
    expect(await meet().read('tour://logo')).toEqual([{ uri: 'tour://logo', mimeType: 'image/png', blob: pixel }])
  })
  cell('resources: templates', async () => {
    expect(await meet().templates()).toEqual([itemTemplate])
    const item = { uri: 'tour://item/beta', mimeType: 'text/plain', text: 'Item beta' }
    expect(await meet().read('tour://item/beta')).toEqual([item])
  })
  cell('resources: not found', async () => {
    const gone = await errorOf(meet().read('tour://item/omega'))
    expect(gone.code).toBe(expected.missing)
    expect(gone.message).toContain('tour://item/omega')
    expect((await errorOf(meet().read('tour://nowhere'))).code).toBe(expected.missing)
  })
}

/** Prompts, and the completion of their arguments. */
export const prompts = (cell: Cell, meet: Meet): void => {
  const greeting = (text: string): unknown => [{ role: 'user', content: { type: 'text', text } }]
  cell('prompts', async () => {
    expect(await meet().prompts()).toEqual(['greet', 'asked'])
    expect(await meet().prompt('greet', { name: 'Ada' })).toEqual(greeting('Greet Ada in a plain tone.'))
    const warm = await meet().prompt('greet', { name: 'Grace', tone: 'warm' })
    expect(warm).toEqual(greeting('Greet Grace in a warm tone.'))
    expect((await errorOf(meet().prompt('greet', {}))).code).toBe(-32602)
    expect((await errorOf(meet().prompt('no_such_prompt'))).code).toBe(-32602)
  })
  cell('completion', async () => {
    const greet = { type: 'ref/prompt', name: 'greet' } as const
    const a = await meet().complete(greet, { name: 'name', value: 'A' })
    expect(a).toEqual({ values: ['Ada', 'Alan'], total: 2, hasMore: false })
    const tone = await meet().complete(greet, { name: 'tone', value: 'a' }, { name: 'Ada' })
    expect(tone.values).toEqual(['analytical', 'airy'])
    const item = { type: 'ref/resource', uri: itemTemplate } as const
    expect((await meet().complete(item, { name: 'id', value: 'al' })).values).toEqual(['alpha', 'alder'])
  })
}
