import { expect, it } from 'vitest'
import { stripVTControlCharacters } from 'node:util'
import { conversation } from '../src/talk/sample.ts'

it('a conversation for a model is shown as it stands, and what is no text by its kind', () => {
  const image = { type: 'image', data: 'AAAA', mimeType: 'image/png' } as const
  const shown = conversation({
    systemPrompt: 'Be brief.',
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] },
      { role: 'assistant', content: { type: 'text', text: 'A cat.' } },
    ],
    maxTokens: 20,
  })
  expect(stripVTControlCharacters(shown).split('\n')).toEqual([
    'The server asks a model to go on with this:',
    'system: Be brief.',
    'user: What is this?',
    '[image]',
    'assistant: A cat.',
    '(at most 20 tokens)',
  ])
})
