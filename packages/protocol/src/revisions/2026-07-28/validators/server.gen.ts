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

/** Checks the envelope of a request. */
export const requestParams: Validator = (value) => check(RequestParams, value)

/** Checks what a request repeats after `input_required`. */
export const retryParams: Validator = (value) => check(RetryParams, value)

/** What a client asks with: its params, by method. */
export const clientRequest = (method: string): Shape | undefined => {
  switch (method) {
    case 'completion/complete':
      return CompleteParams
    case 'prompts/get':
      return GetPromptParams
    case 'prompts/list':
    case 'resources/list':
    case 'resources/templates/list':
    case 'tools/list':
      return PaginatedParams
    case 'resources/read':
      return ResourceParams
    case 'server/discover':
      return EmptyParams
    case 'subscriptions/listen':
      return SubscriptionsListenParams
    case 'tools/call':
      return CallToolParams
    default:
      return undefined
  }
}

/** What a client tells with: its params, by method. */
export const clientNotification = (method: string): Shape | undefined => {
  switch (method) {
    case 'notifications/cancelled':
      return CancelledParams
    default:
      return undefined
  }
}

/** What a client answers, by the method that it was asked. */
export const clientResult = (method: string): Shape | undefined => {
  switch (method) {
    case 'elicitation/create':
      return ElicitResult
    case 'roots/list':
      return ListRootsResult
    case 'sampling/createMessage':
      return CreateMessageResult
    default:
      return undefined
  }
}
