/** Values that must pass and values that must not. */
export type Sample = { valid: unknown[]; broken: unknown[] }

const text = { type: 'text', text: 'hello' }
const info = { name: 'me', version: '1' }
const uri = 'file:///a'

/** Params of the four lists. */
const page: Sample = {
  valid: [{}, { cursor: '' }, { _meta: { progressToken: 'a' } }],
  broken: [{ cursor: 1 }, { _meta: [] }],
}
const bare: Sample = { valid: [{}, { _meta: { 'a/b': 1 } }], broken: [{ _meta: 1 }] }
const named: Sample = { valid: [{ uri }], broken: [{}, { uri: 1 }, { uri: null }] }

/** Hand-made params of what a client asks, by method, with the specification's name of the request. */
export const clientRequests: Record<string, Sample & { type: string }> = {
  initialize: {
    type: 'InitializeRequest',
    valid: [
      { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: info },
      {
        protocolVersion: '2024-11-05',
        capabilities: {
          roots: { listChanged: true },
          sampling: { tools: {} },
          elicitation: { url: {} },
          tasks: { list: {} },
        },
        clientInfo: { ...info, title: 'Me', icons: [{ src: 'data:,', sizes: ['any'], theme: 'dark' }] },
      },
    ],
    broken: [
      { capabilities: {}, clientInfo: info },
      { protocolVersion: '2025-11-25', clientInfo: info },
      { protocolVersion: '2025-11-25', capabilities: {} },
      { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'me' } },
      { protocolVersion: 1, capabilities: {}, clientInfo: info },
      { protocolVersion: '2025-11-25', capabilities: { roots: { listChanged: 'yes' } }, clientInfo: info },
      { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { ...info, icons: [{}] } },
    ],
  },
  ping: { type: 'PingRequest', ...bare },
  'tools/list': { type: 'ListToolsRequest', ...page },
  'tools/call': {
    type: 'CallToolRequest',
    valid: [{ name: 'add' }, { name: 'add', arguments: { a: null }, _meta: { progressToken: 1 } }],
    broken: [{}, { name: 1 }, { name: 'add', arguments: [] }, { name: 'add', _meta: { progressToken: {} } }],
  },
  'prompts/list': { type: 'ListPromptsRequest', ...page },
  'prompts/get': {
    type: 'GetPromptRequest',
    valid: [{ name: 'review' }, { name: 'review', arguments: { code: 'x' } }],
    broken: [{}, { name: 'review', arguments: { code: 1 } }, { name: 'review', arguments: 'x' }],
  },
  'resources/list': { type: 'ListResourcesRequest', ...page },
  'resources/templates/list': { type: 'ListResourceTemplatesRequest', ...page },
  'resources/read': { type: 'ReadResourceRequest', ...named },
  'resources/subscribe': { type: 'SubscribeRequest', ...named },
  'resources/unsubscribe': { type: 'UnsubscribeRequest', ...named },
  'completion/complete': {
    type: 'CompleteRequest',
    valid: [
      { ref: { type: 'ref/prompt', name: 'review' }, argument: { name: 'code', value: '' } },
      {
        ref: { type: 'ref/resource', uri: 'a://{b}' },
        argument: { name: 'b', value: 'c' },
        context: { arguments: { d: 'e' } },
      },
    ],
    broken: [
      { argument: { name: 'code', value: '' } },
      { ref: { type: 'ref/tool', name: 'x' }, argument: { name: 'code', value: '' } },
      { ref: { type: 'ref/prompt' }, argument: { name: 'code', value: '' } },
      { ref: { type: 'ref/resource', name: 'x' }, argument: { name: 'code', value: '' } },
      { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'code' } },
      { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'a', value: '' }, context: { arguments: { d: 1 } } },
    ],
  },
  'logging/setLevel': {
    type: 'SetLevelRequest',
    valid: [{ level: 'emergency' }],
    broken: [{}, { level: 'loud' }, { level: 1 }],
  },
}

const progress: Sample = {
  valid: [
    { progressToken: 'a', progress: 0.5 },
    { progressToken: 1, progress: 1, total: 2.5, message: 'half' },
  ],
  broken: [
    { progress: 1 },
    { progressToken: 'a' },
    { progressToken: 'a', progress: '1' },
    { progressToken: 0.5, progress: 1 },
  ],
}
const cancelled: Sample = {
  valid: [{ requestId: 1 }, { requestId: 'a', reason: 'enough' }],
  broken: [{ requestId: null }, { requestId: 1, reason: 2 }, { requestId: 0.5 }],
}

/** Hand-made params of what a client tells. */
export const clientNotifications: Record<string, Sample & { type: string }> = {
  'notifications/initialized': { type: 'InitializedNotification', ...bare },
  'notifications/cancelled': { type: 'CancelledNotification', ...cancelled },
  'notifications/progress': { type: 'ProgressNotification', ...progress },
  'notifications/roots/list_changed': { type: 'RootsListChangedNotification', ...bare },
}

/** Hand-made params of what a server tells. */
export const serverNotifications: Record<string, Sample & { type: string }> = {
  'notifications/cancelled': { type: 'CancelledNotification', ...cancelled },
  'notifications/progress': { type: 'ProgressNotification', ...progress },
  'notifications/message': {
    type: 'LoggingMessageNotification',
    valid: [
      { level: 'info', data: null },
      { level: 'debug', data: [0.5], logger: 'a' },
    ],
    broken: [{ level: 'info' }, { data: 'x' }, { level: 'loud', data: 'x' }, { level: 'info', data: 'x', logger: 1 }],
  },
  'notifications/tools/list_changed': { type: 'ToolListChangedNotification', ...bare },
  'notifications/prompts/list_changed': { type: 'PromptListChangedNotification', ...bare },
  'notifications/resources/list_changed': { type: 'ResourceListChangedNotification', ...bare },
  'notifications/resources/updated': { type: 'ResourceUpdatedNotification', ...named },
  'notifications/elicitation/complete': {
    type: 'ElicitationCompleteNotification',
    valid: [{ elicitationId: 'a' }],
    broken: [{}, { elicitationId: 1 }],
  },
}

const fields = (properties: unknown) => ({ message: 'Who?', requestedSchema: { type: 'object', properties } })
const message = { role: 'user', content: text }

/** Hand-made params of what a server asks. */
export const serverRequests: Record<string, Sample & { type: string }> = {
  ping: { type: 'PingRequest', ...bare },
  'roots/list': { type: 'ListRootsRequest', ...bare },
  'sampling/createMessage': {
    type: 'CreateMessageRequest',
    valid: [
      { messages: [], maxTokens: 1 },
      {
        messages: [message, { role: 'assistant', content: [{ type: 'tool_use', id: '1', name: 'add', input: {} }] }],
        maxTokens: 9,
      },
      {
        messages: [message],
        maxTokens: 9,
        temperature: 0.5,
        modelPreferences: { costPriority: 1, hints: [{ name: 'x' }] },
      },
      {
        messages: [message],
        maxTokens: 9,
        tools: [{ name: 'a', inputSchema: { type: 'object' } }],
        toolChoice: { mode: 'none' },
      },
    ],
    broken: [
      { messages: [] },
      { maxTokens: 1 },
      { messages: [{ role: 'system', content: text }], maxTokens: 1 },
      { messages: [{ role: 'user', content: { type: 'resource_link', uri, name: 'a' } }], maxTokens: 1 },
      { messages: [{ role: 'user' }], maxTokens: 1 },
      { messages: [], maxTokens: 1, includeContext: 'some' },
      { messages: [], maxTokens: 1, modelPreferences: { costPriority: 2 } },
      { messages: [], maxTokens: 1, tools: [{ name: 'a' }] },
      { messages: [], maxTokens: 0.5 },
    ],
  },
  'elicitation/create': {
    type: 'ElicitRequest',
    valid: [
      fields({}),
      { ...fields({ a: { type: 'boolean', default: true }, b: { type: 'integer', minimum: 1 } }), mode: 'form' },
      fields({
        a: { type: 'string', enum: ['x'] },
        b: { type: 'array', items: { anyOf: [{ const: 'x', title: 'X' }] } },
      }),
      { mode: 'url', message: 'Go', url: 'https://example.com', elicitationId: '1' },
    ],
    broken: [
      {},
      { message: 'Who?' },
      fields({ a: { type: 'object' } }),
      fields({ a: { type: 'array', items: { type: 'string' } } }),
      { mode: 'url', message: 'Go', elicitationId: '1' },
      { mode: 'url', message: 'Go', url: 'https://example.com' },
      { ...fields({}), mode: 'fax' },
    ],
  },
}
