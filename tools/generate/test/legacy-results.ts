import type { Sample } from './legacy-samples.ts'

const text = { type: 'text', text: 'hello' }
const message = { role: 'user', content: text }
const info = { name: 'me', version: '1' }
const uri = 'file:///a'

const bare: Sample = { valid: [{}, { _meta: { 'a/b': 1 } }], broken: [{ _meta: 1 }] }

/** Hand-made results that a client gives, by the method that it was asked. */
export const clientResults: Record<string, Sample & { type: string }> = {
  ping: { type: 'EmptyResult', ...bare },
  'roots/list': {
    type: 'ListRootsResult',
    valid: [{ roots: [] }, { roots: [{ uri, name: 'a' }] }],
    broken: [{}, { roots: {} }, { roots: [{ name: 'a' }] }],
  },
  'sampling/createMessage': {
    type: 'CreateMessageResult',
    valid: [
      { role: 'assistant', content: text, model: 'm', stopReason: 'tired' },
      { role: 'assistant', content: [text], model: 'm' },
    ],
    broken: [
      { role: 'assistant', content: text },
      { content: text, model: 'm' },
      { role: 'assistant', content: 'x', model: 'm' },
    ],
  },
  'elicitation/create': {
    type: 'ElicitResult',
    valid: [{ action: 'decline' }, { action: 'accept', content: { a: 'x', b: 1, c: true, d: ['y'] } }],
    broken: [
      {},
      { action: 'maybe' },
      { action: 'accept', content: { a: {} } },
      { action: 'accept', content: { a: [1] } },
    ],
  },
}

const tool = { name: 'add', inputSchema: { type: 'object' } }
const list = (key: string, item: object, without: string): Sample => ({
  valid: [{ [key]: [] }, { [key]: [item], nextCursor: '' }],
  broken: [{}, { [key]: {} }, { [key]: [{ ...item, [without]: 7 }] }, { [key]: [], nextCursor: 1 }],
})

/** Hand-made results that a server gives, by the method that it was asked. */
export const serverResults: Record<string, Sample & { type: string }> = {
  initialize: {
    type: 'InitializeResult',
    valid: [
      { protocolVersion: '2025-11-25', capabilities: { tools: { listChanged: true }, logging: {} }, serverInfo: info },
    ],
    broken: [
      { capabilities: {}, serverInfo: info },
      { protocolVersion: '2025-11-25', serverInfo: info },
      { protocolVersion: '2025-11-25', capabilities: {} },
      { protocolVersion: '2025-11-25', capabilities: { logging: true }, serverInfo: info },
      { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: info, instructions: 1 },
    ],
  },
  ping: { type: 'EmptyResult', ...bare },
  'tools/list': {
    type: 'ListToolsResult',
    valid: [
      { tools: [tool] },
      { tools: [{ ...tool, outputSchema: { type: 'object' }, execution: { taskSupport: 'optional' } }] },
    ],
    broken: [
      {},
      { tools: [{ name: 'add' }] },
      { tools: [{ name: 'add', inputSchema: { type: 'string' } }] },
      { tools: [{ ...tool, outputSchema: { type: 'array' } }] },
      { tools: [{ ...tool, annotations: { readOnlyHint: 1 } }] },
    ],
  },
  'tools/call': {
    type: 'CallToolResult',
    valid: [
      { content: [] },
      { content: [text, { type: 'audio', data: '', mimeType: 'audio/wav' }], isError: true },
      { content: [{ type: 'resource', resource: { uri, blob: '' } }], structuredContent: { a: null } },
      { content: [{ type: 'resource_link', uri, name: 'a', annotations: { audience: ['user'], priority: 0.5 } }] },
    ],
    broken: [
      {},
      { content: text },
      { content: [{ type: 'video' }] },
      { content: [{ type: 'image', data: '' }] },
      { content: [{ type: 'resource', resource: { uri } }] },
      { content: [], structuredContent: [1] },
      { content: [], isError: 'no' },
      { content: [{ ...text, annotations: { priority: 2 } }] },
    ],
  },
  'prompts/list': { type: 'ListPromptsResult', ...list('prompts', { name: 'review' }, 'name') },
  'prompts/get': {
    type: 'GetPromptResult',
    valid: [{ messages: [] }, { description: 'd', messages: [message] }],
    broken: [{}, { messages: [{ role: 'user', content: [text] }] }, { messages: [{ content: text }] }],
  },
  'resources/list': { type: 'ListResourcesResult', ...list('resources', { uri, name: 'a' }, 'uri') },
  'resources/templates/list': {
    type: 'ListResourceTemplatesResult',
    ...list('resourceTemplates', { uriTemplate: 'a://{b}', name: 'a' }, 'uriTemplate'),
  },
  'resources/read': {
    type: 'ReadResourceResult',
    valid: [
      { contents: [] },
      {
        contents: [
          { uri, text: '' },
          { uri, blob: '', mimeType: 'image/png' },
        ],
      },
    ],
    broken: [{}, { contents: [{ uri }] }, { contents: [{ text: '' }] }, { contents: [{ uri, text: 1 }] }],
  },
  'resources/subscribe': { type: 'EmptyResult', ...bare },
  'resources/unsubscribe': { type: 'EmptyResult', ...bare },
  'completion/complete': {
    type: 'CompleteResult',
    valid: [{ completion: { values: [] } }, { completion: { values: ['a'], total: 2, hasMore: true } }],
    broken: [{}, { completion: {} }, { completion: { values: [1] } }, { completion: { values: [], total: 'two' } }],
  },
  'logging/setLevel': { type: 'EmptyResult', ...bare },
}
