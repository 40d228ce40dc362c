import { isObject, missingCapability } from '@parley/core'
import type { JsonObject, RpcError } from '@parley/core'
import type { Question } from '../../input.ts'
import { legacyServer } from '../2025-11-25/server.ts'
import type { QuestionRules } from '../2025-11-25/questions.ts'
import type { ServerRevision } from '../revision.ts'

// Content became a list, and tools came, with 2025-11-25 (SEP-1577).
const writeSampling = (params: JsonObject): JsonObject => {
  const { messages } = params
  if (!Array.isArray(messages)) return params
  const flat = messages.flatMap((message) =>
    isObject(message) && Array.isArray(message['content'])
      ? message['content'].map((content: unknown) => ({ ...message, content }))
      : [message],
  )
  return { ...params, messages: flat }
}

// A choice with titles was spelled with two lists before 2025-11-25 (SEP-1330); the newer spelling reads as free text.
const writeField = (field: unknown): unknown => {
  if (!isObject(field) || !Array.isArray(field['oneOf'])) return field
  const { oneOf, ...rest } = field
  const options = oneOf.filter(isObject)
  return {
    ...rest,
    enum: options.map((option) => option['const']),
    enumNames: options.map((option) => option['title']),
  }
}

const writeForm = (params: JsonObject): JsonObject => {
  const form = params['requestedSchema']
  if (!isObject(form) || !isObject(form['properties'])) return params
  const fields = Object.entries(form['properties']).map(([name, field]) => [name, writeField(field)])
  return { ...params, requestedSchema: { ...form, properties: Object.fromEntries(fields) } }
}

const write = (question: Question): JsonObject => {
  const { method, params = {} } = question
  if (method === 'sampling/createMessage') return writeSampling(params)
  if (method !== 'elicitation/create') return params
  const { mode, ...rest } = params
  return writeForm(rest)
}

// Choices of several came with 2025-11-25 (SEP-1330). Nothing before can stand for one, nor for its answer.
const choiceOfSeveral = (params: JsonObject): string | undefined => {
  const form = params['requestedSchema']
  if (!isObject(form) || !isObject(form['properties'])) return undefined
  const found = Object.entries(form['properties']).find(([, field]) => isObject(field) && field['type'] === 'array')
  return found?.[0]
}

const elicitationRefusal = (params: JsonObject): RpcError | undefined => {
  if (params['mode'] === 'url') {
    return missingCapability({ elicitation: { url: {} } }, 'The revision in use has no elicitation by URL')
  }
  const field = choiceOfSeveral(params)
  if (field === undefined) return undefined
  const message = `The revision in use has no form fields that take several values, such as ${JSON.stringify(field)}`
  return missingCapability({ elicitation: { form: {} } }, message)
}

/** How 2025-06-18 puts questions: forms of single values, but no URLs; sampling, but no tools. */
export const questionRules: QuestionRules = {
  refusal({ method, params = {} }) {
    if (method === 'elicitation/create') return elicitationRefusal(params)
    const tools = method === 'sampling/createMessage' && (params['tools'] ?? params['toolChoice']) !== undefined
    return tools
      ? missingCapability({ sampling: { tools: {} } }, 'The revision in use has no tools in sampling')
      : undefined
  },
  write,
}

/** The answering half of 2025-06-18. */
export const june2025Server: ServerRevision = /* @__PURE__ */ legacyServer({
  version: '2025-06-18',
  batches: false,
  lacks: { icons: true },
  questions: questionRules,
})
