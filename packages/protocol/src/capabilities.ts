import { isObject, missingCapability } from '@parley/core'
import type { ClientCapabilities, JsonObject, RpcError, ServerCapabilities } from '@parley/core'
import type { Question } from './input.ts'

const missingForElicitation = (question: Question, declared: ClientCapabilities): ClientCapabilities | undefined => {
  const { elicitation } = declared
  const mode = question.params?.['mode'] === 'url' ? 'url' : 'form'
  if (mode === 'url') return elicitation?.url === undefined ? { elicitation: { url: {} } } : undefined
  // An empty object, as every revision before 2025-11-25 sends it, means forms alone (I1).
  const takesForms = elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)
  return takesForms ? undefined : { elicitation: { form: {} } }
}

const missingForSampling = (question: Question, declared: ClientCapabilities): ClientCapabilities | undefined => {
  const { sampling } = declared
  const { tools, toolChoice } = question.params ?? {}
  if (sampling === undefined) return { sampling: tools === undefined && toolChoice === undefined ? {} : { tools: {} } }
  // MUST (client/sampling): tools go only to clients that declared `sampling.tools` (Q1).
  if ((tools !== undefined || toolChoice !== undefined) && sampling.tools === undefined)
    return { sampling: { tools: {} } }
  return undefined
}

/** A question's params without a context that the caller did not say it can give (Q1). */
export const shownContext = ({ method, params = {} }: Question, declared: ClientCapabilities): JsonObject => {
  const { includeContext, ...rest } = params
  // SHOULD NOT (client/sampling): values other than none go only to clients that declared `sampling.context`.
  const hidden = method === 'sampling/createMessage' && includeContext !== undefined && includeContext !== 'none'
  return hidden && declared.sampling?.context === undefined ? rest : params
}

const missingFor = (question: Question, declared: ClientCapabilities): ClientCapabilities | undefined => {
  switch (question.method) {
    case 'elicitation/create':
      return missingForElicitation(question, declared)
    case 'sampling/createMessage':
      return missingForSampling(question, declared)
    default:
      return declared.roots === undefined ? { roots: {} } : undefined
  }
}

/** Why a caller with these capabilities cannot be asked this: `missingCapability`, or nothing (B13, M3). */
export const refusalFor = (question: Question, declared: ClientCapabilities): RpcError | undefined => {
  const missing = missingFor(question, declared)
  return missing === undefined ? undefined : missingCapability(missing)
}

/** The capability that a client's request belongs to; undefined for those that need none. */
export const capabilityOf = (method: string): keyof ServerCapabilities | undefined => {
  switch (method) {
    case 'tools/list':
    case 'tools/call':
      return 'tools'
    case 'prompts/list':
    case 'prompts/get':
      return 'prompts'
    case 'resources/list':
    case 'resources/templates/list':
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return 'resources'
    case 'completion/complete':
      return 'completions'
    case 'logging/setLevel':
      return 'logging'
    default:
      return undefined
  }
}

/** Whether a server that advertises these capabilities offers a method (B14). Methods behind none are always offered. */
export const isAdvertised = (method: string, capabilities: ServerCapabilities): boolean => {
  const capability = capabilityOf(method)
  if (capability === undefined) return true
  if (!isObject(capabilities[capability])) return false
  // MUST (2025-11-25, server/resources): subscribing needs its own flag (R6).
  const subscribes = method === 'resources/subscribe' || method === 'resources/unsubscribe'
  return !subscribes || capabilities.resources?.subscribe === true
}
