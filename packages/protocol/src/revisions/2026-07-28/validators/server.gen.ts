// Generated from the wire types by tools/generate; change those and run `pnpm --filter @parley/generate generate`.
import type { Validator } from '../../../fault.ts'
import { check } from '../../../shape.ts'
import type { Shape } from '../../../shape.ts'
import {
  CancelledParams,
  ClientCapabilities,
  CompletionReference,
  CreateMessageResult,
  ElicitResult,
  EmptyParams,
  Implementation,
  ListRootsResult,
  ResourceParams,
  SubscriptionsListenParams,
} from '../../shapes.gen.ts'

const CompleteParams: Shape = {
  required: { argument: { required: { name: 'string', value: 'string' } }, ref: CompletionReference },
  optional: { context: { optional: { arguments: { rest: 'string' } } } },
}
const GetPromptParams: Shape = { required: { name: 'string' }, optional: { arguments: { rest: 'string' } } }
const PaginatedParams: Shape = { optional: { cursor: 'string' } }
const CallToolParams: Shape = { required: { name: 'string' }, optional: { arguments: 'object' } }
const RequestMeta: Shape = {
  required: {
    'io.modelcontextprotocol/clientCapabilities': ClientCapabilities,
    'io.modelcontextprotocol/protocolVersion': 'string',
  },
  optional: {
    'io.modelcontextprotocol/clientInfo': Implementation,
    'io.modelcontextprotocol/logLevel': {
      words: ['alert', 'critical', 'debug', 'emergency', 'error', 'info', 'notice', 'warning'],
    },
    progressToken: { any: ['integer', 'string'] },
  },
}
const RequestParams: Shape = { required: { _meta: RequestMeta } }
const RetryParams: Shape = { optional: { inputResponses: { rest: 'object' }, requestState: 'string' } }

const completeParamsOf: Validator = (value) => check(CompleteParams, value)
const getPromptParamsOf: Validator = (value) => check(GetPromptParams, value)
const paginatedParamsOf: Validator = (value) => check(PaginatedParams, value)
const resourceParamsOf: Validator = (value) => check(ResourceParams, value)
const emptyParamsOf: Validator = (value) => check(EmptyParams, value)
const subscriptionsListenParamsOf: Validator = (value) => check(SubscriptionsListenParams, value)
const callToolParamsOf: Validator = (value) => check(CallToolParams, value)
const cancelledParamsOf: Validator = (value) => check(CancelledParams, value)
const elicitResultOf: Validator = (value) => check(ElicitResult, value)
const listRootsResultOf: Validator = (value) => check(ListRootsResult, value)
const createMessageResultOf: Validator = (value) => check(CreateMessageResult, value)

/** Checks the envelope of a request. */
export const requestParams: Validator = (value) => check(RequestParams, value)

/** Checks what a request repeats after `input_required`. */
export const retryParams: Validator = (value) => check(RetryParams, value)

/** Checks the params of what a client asks. */
export const clientRequest = (method: string): Validator | undefined => {
  switch (method) {
    case 'completion/complete':
      return completeParamsOf
    case 'prompts/get':
      return getPromptParamsOf
    case 'prompts/list':
    case 'resources/list':
    case 'resources/templates/list':
    case 'tools/list':
      return paginatedParamsOf
    case 'resources/read':
      return resourceParamsOf
    case 'server/discover':
      return emptyParamsOf
    case 'subscriptions/listen':
      return subscriptionsListenParamsOf
    case 'tools/call':
      return callToolParamsOf
    default:
      return undefined
  }
}

/** Checks the params of what a client tells. */
export const clientNotification = (method: string): Validator | undefined => {
  switch (method) {
    case 'notifications/cancelled':
      return cancelledParamsOf
    default:
      return undefined
  }
}

/** Checks what a client answers, by the method that it was asked. */
export const clientResult = (method: string): Validator | undefined => {
  switch (method) {
    case 'elicitation/create':
      return elicitResultOf
    case 'roots/list':
      return listRootsResultOf
    case 'sampling/createMessage':
      return createMessageResultOf
    default:
      return undefined
  }
}
