import { expect } from 'vitest'
import { askedMessage, hello, visit, weatherQuestion, weatherTool } from './fixtures/tour.ts'
import type { Cell } from './matrix.ts'
import { has, said, tooEarly } from './meeting.ts'
import type { Meet, Meeting } from './meeting.ts'
import type { Outcome } from './visitors/visitor.ts'

/** Why a question could not be asked: what the tool said of it, or the error. */
const wordsOf = async (work: Promise<unknown>): Promise<string> => {
  const tried = await work.catch((error: Error) => ({ isError: true, content: [{ text: error.message }] }))
  expect(tried).toMatchObject({ isError: true, content: [{ text: expect.any(String) as string }] })
  const { content } = tried as { content: [{ text: string }] }
  return content[0].text.replace(/^MCP error -?\d+: /, '')
}

/** The same questions where no client can be asked: each is refused at once. */
const refused = (cell: Cell, meet: Meet, refusal: RegExp): void => {
  const refusing = (feature: string, run: () => Promise<unknown>): void => {
    cell(feature, async () => {
      const words = await wordsOf(run())
      expect(words).toMatch(refusal)
      return { words }
    })
  }
  refusing('elicitation: form', () => meet().call('ask'))
  refusing('elicitation: URL', () => meet().call('visit'))
  refusing('elicitation: in a prompt', () => meet().prompt('asked'))
  refusing('elicitation: in a resource', () => meet().read('tour://asked'))
  refusing('sampling', () => meet().call('sample'))
  refusing('sampling: with tools', () => meet().call('sample_tools'))
  refusing('roots', () => meet().call('folders'))
}

/** What a server asks its client for in the middle of a call. */
export const questions = (cell: Cell, meet: Meet, expected: Meeting): void => {
  if (expected.sessionless !== undefined) return refused(cell, meet, expected.sessionless.refusal)
  /** Asks, or sees that it is refused in a revision that does not know the question. */
  const asking = (feature: string, question: string, since: string, run: () => Promise<void>): void => {
    cell(feature, async () => {
      if (has(expected, since)) return run()
      await expect(run()).rejects.toThrow(`The revision in use has no ${question}`)
      return tooEarly(since)
    })
  }
  const answered = async (action: 'accept' | 'decline' | 'cancel'): Promise<Outcome> => {
    meet().persona.action = action
    try {
      return await meet().call('ask')
    } finally {
      meet().persona.action = 'accept'
    }
  }
  asking('elicitation: form', 'elicitation', '2025-06-18', async () => {
    expect(said(await answered('accept'))).toBe('accept {"name":"Ada","age":36}')
    const form = meet().persona.forms.at(-1)
    expect(form?.message).toBe(askedMessage)
    expect(form?.requestedSchema).toMatchObject({
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
      required: ['name', 'age'],
    })
  })
  asking('elicitation: decline and cancel', 'elicitation', '2025-06-18', async () => {
    expect(said(await answered('decline'))).toBe('decline null')
    expect(said(await answered('cancel'))).toBe('cancel null')
  })
  asking('elicitation: URL', 'elicitation', '2025-11-25', async () => {
    expect(said(await meet().call('visit'))).toBe('accept')
    expect(meet().persona.visits.at(-1)).toMatchObject({ mode: 'url', ...visit })
  })
  asking('elicitation: in a prompt', 'elicitation', '2025-06-18', async () => {
    const written = { role: 'user', content: { type: 'text', text: 'Write to Ada.' } }
    expect(await meet().prompt('asked')).toEqual([written])
  })
  asking('elicitation: in a resource', 'elicitation', '2025-06-18', async () => {
    const read = { uri: 'tour://asked', mimeType: 'text/plain', text: 'For Ada' }
    expect(await meet().read('tour://asked')).toEqual([read])
  })
  cell('sampling', async () => {
    expect(said(await meet().call('sample'))).toBe('parrot-1: Say hello! (endTurn)')
    expect(meet().persona.samples.at(-1)).toMatchObject(hello)
  })
  asking('sampling: with tools', 'tools in sampling', '2025-11-25', async () => {
    expect(said(await meet().call('sample_tools'))).toBe('weather {"city":"Paris"}: It is Sunny')
    const last = meet().persona.samples.at(-1)
    expect(last?.tools).toEqual([weatherTool])
    expect(last?.messages).toEqual([
      { role: 'user', content: { type: 'text', text: weatherQuestion } },
      { role: 'assistant', content: { type: 'tool_use', id: 'use-1', name: 'weather', input: { city: 'Paris' } } },
      {
        role: 'user',
        content: { type: 'tool_result', toolUseId: 'use-1', content: [{ type: 'text', text: 'Sunny' }] },
      },
    ])
  })
  cell('roots', async () => {
    const { content } = await meet().call('folders')
    const [block] = content as { text: string }[]
    expect(JSON.parse(block?.text ?? '')).toEqual(meet().persona.roots)
  })
}
