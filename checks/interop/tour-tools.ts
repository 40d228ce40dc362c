import type { Progress } from '@parley/core'
import { expect } from 'vitest'
import { allContents, silence, toolNames } from './fixtures/tour.ts'
import type { Cell } from './matrix.ts'
import { alone, errorOf, has, said, tooEarly } from './meeting.ts'
import type { Meet, Meeting } from './meeting.ts'

/** Tools: what is listed, and what comes of calling them. */
export const tools = (cell: Cell, meet: Meet, expected: Meeting): void => {
  cell('tools: list, pages included', async () => {
    expect(await meet().tools()).toEqual([...toolNames])
  })
  cell('tools: structured result', async () => {
    const sum = await meet().call('add', { a: 2, b: 40.5 })
    expect(said(sum)).toBe('{"sum":42.5}')
    const structured = has(expected, '2025-06-18')
    expect(sum.structured).toEqual(structured ? { sum: 42.5 } : undefined)
    return structured ? undefined : tooEarly('2025-06-18')
  })
  cell('tools: every kind of content', async () => {
    const [words, image, audio, link, embedded] = allContents
    const linked = has(expected, '2025-06-18') ? link : { type: 'text', text: 'readme: tour://readme' }
    const file = { uri: 'data:audio/wav', mimeType: 'audio/wav', blob: silence }
    const heard = has(expected, '2025-03-26') ? audio : { type: 'resource', resource: file }
    expect((await meet().call('contents')).content).toEqual([words, image, heard, linked, embedded])
  })
  cell('tools: failures', async () => {
    const failed = await meet().call('fail')
    expect(failed.content).toEqual([{ type: 'text', text: 'This failed, as asked.' }])
    expect(failed.isError).toBe(true)
    const wrong = await meet().call('add', { a: 'two', b: 1 })
    expect(wrong.isError).toBe(true)
    expect(JSON.stringify(wrong.content)).toMatch(/\ba: |\bat a\b/)
    const unknown = meet().call('no_such_tool')
    const words = { isError: true, content: [{ text: expect.stringContaining('no_such_tool') as string }] }
    if (expected.unknownTool === 'result') expect(await unknown).toMatchObject(words)
    else expect((await errorOf(unknown)).code).toBe(-32602)
  })
}

const abort = (): DOMException => new DOMException('Enough', 'AbortError')

/** What happens while a tool runs. */
export const flow = (cell: Cell, meet: Meet): void => {
  cell('large messages', async () => {
    const text = 'Straight on,\nthen left \u2028 🧭 \u0000 "quoted" \\'.repeat(20_000)
    expect(said(await meet().call('repeat', { text })) === text).toBe(true)
  })
  cell('many calls at once', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => `number ${index}`)
    const answers = await Promise.all(texts.map((text) => meet().call('repeat', { text })))
    expect(answers.map(said)).toEqual(texts)
  })
  cell('progress', async () => {
    const heard: unknown[] = []
    const onProgress = (progress: Progress): void => {
      heard.push(progress)
      void meet().call('step')
    }
    expect(said(await meet().call('count', { to: 3, paced: true }, { onProgress }))).toBe('counted to 3')
    expect(heard).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3, message: `step ${progress}` })))
  })
  cell('progress: right before the result', async () => {
    const { complaints } = meet().persona
    // Once is not enough: whether the two arrive in one piece is the pipe's affair.
    for (let round = 1; round <= 50; round++) {
      const heard: number[] = []
      const onProgress = ({ progress }: Progress): void => void heard.push(progress)
      expect(said(await meet().call('count', { to: 5, paced: false }, { onProgress }))).toBe('counted to 5')
      if (heard.at(-1) === 5) continue
      expect(complaints.splice(0).at(-1)).toMatch(
        /^Received a progress notification for an unknown token: .*"progress":5/,
      )
      return { words: 'Received a progress notification for an unknown token' }
    }
    return undefined
  })
}

/** What a client does to a tool that runs, and to what it hears. */
export const steering = (cell: Cell, meet: Meet, { sessionless }: Meeting): void => {
  cell('cancellation', async () => {
    const before = said(await meet().call('waits'))
    const stop = new AbortController()
    const waiting = meet().call('wait', {}, { signal: stop.signal, onProgress: () => stop.abort(abort()) })
    const { message } = await errorOf(waiting)
    expect(message).toContain('Enough')
    expect(before).toBe('0')
    const waits = async (): Promise<string> => said(await meet().call('waits'))
    if (sessionless?.runsOn === true) {
      expect(await waits()).toBe('0')
      return alone('the caller is free at once, and the tool runs on')
    }
    // Over HTTP what is sent later may arrive earlier.
    await expect.poll(waits, { interval: 10, timeout: 5000 }).toBe('1')
    return undefined
  })
  cell('logging', async () => {
    const { logs } = meet().persona
    const whispered = { level: 'debug', logger: 'tour', data: 'whispered' }
    const shouted = { level: 'warning', logger: 'tour', data: { shouted: true } }
    if (sessionless?.heard === 'none') {
      const { message } = await errorOf(meet().call('speak', {}, { logLevel: 'debug' }))
      expect(message).toMatch(sessionless.unremembered ?? '')
      expect(said(await meet().call('speak'))).toBe('spoken')
      expect(logs).toEqual([])
      return alone('neither offered nor sent, and a level cannot be set')
    }
    if (sessionless !== undefined) {
      const [logLevel, heard] =
        sessionless.heard === 'debug' ? (['warning', [whispered, shouted]] as const) : (['debug', [shouted]] as const)
      expect(said(await meet().call('speak', {}, { logLevel }))).toBe('spoken')
      expect(logs.splice(0)).toEqual(heard)
      return alone('lines are heard with the results that they belong to, and the level that was set is forgotten')
    }
    expect(said(await meet().call('speak', {}, { logLevel: 'warning' }))).toBe('spoken')
    expect(logs.splice(0)).toEqual([shouted])
    await meet().call('speak', {}, { logLevel: 'debug' })
    expect(logs.splice(0)).toEqual([whispered, shouted])
    return undefined
  })
}
