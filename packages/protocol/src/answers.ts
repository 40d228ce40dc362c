import { isObject } from '@parley/core'
import type { JsonObject, RequestedSchema } from '@parley/core'
import type { Question } from './input.ts'

const fitsElicitation = async (question: Question, answer: JsonObject): Promise<boolean> => {
  // A form whose fields are all optional may come back without any content.
  const { action, content = {} } = answer
  if (action === 'decline' || action === 'cancel') return true
  if (action !== 'accept') return false
  if (question.params?.['mode'] === 'url') return true
  const schema = question.params?.['requestedSchema'] as RequestedSchema
  if (!isObject(content)) return false
  // Most programs never put a form, and those that do wait for a person.
  const { checkElicitContent } = await import('@parley/core/questions')
  return checkElicitContent(schema, content).length === 0
}

const fitsSampling = (answer: JsonObject): boolean => {
  const { role, content, model } = answer
  const blocks = Array.isArray(content) ? content : [content]
  const readable = blocks.every((block) => isObject(block) && typeof block['type'] === 'string')
  return (role === 'user' || role === 'assistant') && typeof model === 'string' && readable
}

const fitsRoots = (answer: JsonObject): boolean => {
  const { roots } = answer
  return Array.isArray(roots) && roots.every((root) => isObject(root) && typeof root['uri'] === 'string')
}

/** Whether an answer is one to this question. One that is not counts as missing, and is asked for again (M8, I10). */
export const answerFits = (question: Question, answer: JsonObject): boolean | Promise<boolean> => {
  switch (question.method) {
    case 'elicitation/create':
      return fitsElicitation(question, answer)
    case 'sampling/createMessage':
      return fitsSampling(answer)
    default:
      return fitsRoots(answer)
  }
}
