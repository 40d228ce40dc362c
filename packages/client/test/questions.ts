import type { JsonObject } from '@parley/core'

export const form = (message: string, properties: JsonObject = {}): JsonObject => ({
  method: 'elicitation/create',
  params: { message, requestedSchema: { type: 'object', properties } },
})
export const visit = (url = 'https://example.com/pay'): JsonObject => ({
  method: 'elicitation/create',
  params: { mode: 'url', message: 'Pay', url },
})
export const sample = (rest: JsonObject = {}): JsonObject => ({
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }], maxTokens: 5, ...rest },
})
export const required = (inputRequests?: JsonObject, requestState?: string): JsonObject => ({
  resultType: 'input_required',
  ...(inputRequests === undefined ? {} : { inputRequests }),
  ...(requestState === undefined ? {} : { requestState }),
})
export const done = (text = 'done'): JsonObject => ({ resultType: 'complete', content: [{ type: 'text', text }] })
export const paramsOf = (message: JsonObject | undefined): JsonObject => (message?.['params'] ?? {}) as JsonObject
export const accept = { action: 'accept', content: {} } as const
