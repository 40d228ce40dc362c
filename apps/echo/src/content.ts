import type { ContentBlock } from '@parley/core'
import { audio, embedded, image, link, text } from '@parley/server'
import { badge, tone } from './badge.ts'

/** What a message can be said back as. */
export const formats = ['text', 'json', 'image', 'audio', 'link', 'embedded'] as const

/** A message with its length in characters, as JSON has it. */
export const described = (message: string): { message: string; length: number } => ({ message, length: message.length })

/** A message as one kind of content. It has to be well-formed, for some of them need it in a URI. */
export const contentOf = async (message: string, format: (typeof formats)[number]): Promise<ContentBlock> => {
  const uri = `echo://${encodeURIComponent(message)}`
  switch (format) {
    case 'text':
      return text(message)
    case 'json':
      return text(JSON.stringify(described(message)))
    case 'image':
      return image(await badge(message))
    case 'audio':
      return audio(tone(message))
    case 'link':
      return link({ uri, name: message === '' ? 'nothing' : message, mimeType: 'text/plain' })
    case 'embedded':
      return embedded({ uri, mimeType: 'text/plain', text: message })
  }
}
