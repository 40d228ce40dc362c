import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { legacyClient } from '../2025-11-25/client.ts'
import type { ClientRevision } from '../revision.ts'

/** An answer as every revision before 2025-11-25 carries it: a sampled message has one block of content (SEP-1577). */
export const writeAnswer = (method: string, answer: JsonObject): JsonObject => {
  const { content } = answer
  if (method !== 'sampling/createMessage' || !Array.isArray(content)) return answer
  const texts = content.flatMap((block) => (isObject(block) && block['type'] === 'text' ? [block['text']] : []))
  if (texts.length === content.length) return { ...answer, content: { type: 'text', text: texts.join('\n') } }
  if (content.length === 1) return { ...answer, content: content[0] }
  throw new TypeError('The revision in use carries one block of content in a sampled message')
}

/** The asking half of 2025-06-18. */
export const june2025Client: ClientRevision = /* @__PURE__ */ legacyClient({ version: '2025-06-18', writeAnswer })
