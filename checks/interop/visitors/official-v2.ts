import { Client, LOG_LEVEL_META_KEY, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { ClientOptions, ListResourcesResult, VersionNegotiationMode } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { changeQueue } from './visitor.ts'
import type { Address, Bring, Persona, Visitor, VisitOptions, Watch } from './visitor.ts'

const attend = (client: Client, persona: Persona): void => {
  Object.assign(client, { onerror: (error: Error) => persona.complaints.push(error.message) })
  client.setRequestHandler('elicitation/create', ({ params }) =>
    params.mode === 'url' ? persona.open(params) : persona.fill(params as never),
  )
  client.setRequestHandler('sampling/createMessage', ({ params }) => persona.think(params as never) as never)
  client.setRequestHandler('roots/list', () => ({ roots: persona.roots as never }))
  client.setNotificationHandler('notifications/message', ({ params }) => {
    persona.logs.push({ level: params.level, logger: params.logger, data: params.data })
  })
}

type Changes = ReturnType<typeof changeQueue>

const watch = async (
  client: Client,
  { push, next }: Changes,
  what: { tools?: boolean; uri?: string },
): Promise<Watch> => {
  // In the mode `auto` the client listens by itself, as its options ask for, and has a handler of its own.
  const opened = client.autoOpenedSubscription
  if (opened !== undefined && what.tools === true) return { next, close: () => opened.close() }
  if (opened === undefined) client.setNotificationHandler('notifications/tools/list_changed', () => push('tools'))
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => push(params.uri))
  if (client.getProtocolEra() === 'modern') {
    const subscription = await client.listen({
      ...(what.tools === true && { toolsListChanged: true }),
      ...(what.uri !== undefined && { resourceSubscriptions: [what.uri] }),
    })
    return { next, close: () => subscription.close() }
  }
  const { uri } = what
  if (uri !== undefined) await client.subscribeResource({ uri })
  return {
    next,
    close: async () => {
      if (uri !== undefined) await client.unsubscribeResource({ uri })
    },
  }
}

const call = async (client: Client, params: Parameters<Client['callTool']>[0], options: VisitOptions = {}) => {
  const { logLevel, onProgress, signal } = options
  const modern = client.getProtocolEra() === 'modern'
  if (logLevel !== undefined && !modern) await client.setLoggingLevel(logLevel)
  const _meta = logLevel !== undefined && modern ? { _meta: { [LOG_LEVEL_META_KEY]: logLevel } } : {}
  const result = await client.callTool(
    { ...params, ..._meta },
    { ...(onProgress !== undefined && { onprogress: onProgress as never }), ...(signal !== undefined && { signal }) },
  )
  return { content: result.content, structured: result.structuredContent, isError: result.isError ?? false }
}

const visitorOf = (client: Client, persona: Persona, changes: Changes): Visitor => ({
  persona,
  terms: {
    version: client.getNegotiatedProtocolVersion() ?? '',
    era: client.getProtocolEra() ?? 'legacy',
    server: { name: client.getServerVersion()?.name ?? '', version: client.getServerVersion()?.version ?? '' },
    instructions: client.getInstructions(),
    capabilities: client.getServerCapabilities(),
  },
  tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
  call: (name, args, options) => call(client, { name, ...(args !== undefined && { arguments: args }) }, options),
  async resourcePages() {
    const pages: string[][] = []
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      // Without a cursor this client walks all pages by itself, so they are asked for by hand.
      const params = cursor === '' ? {} : { cursor }
      const page: ListResourcesResult = await client.request({ method: 'resources/list', params })
      pages.push(page.resources.map((resource) => resource.uri))
      cursor = page.nextCursor
    }
    return pages
  },
  templates: async () => (await client.listResourceTemplates()).resourceTemplates.map((item) => item.uriTemplate),
  read: async (uri) => (await client.readResource({ uri })).contents,
  prompts: async () => (await client.listPrompts()).prompts.map((prompt) => prompt.name),
  prompt: async (name, args) =>
    (await client.getPrompt({ name, ...(args !== undefined && { arguments: args }) })).messages,
  complete: async (ref, argument, context) => {
    const { completion } = await client.complete({
      ref,
      argument,
      ...(context !== undefined && { context: { arguments: context } }),
    })
    return completion
  },
  ping: async () => {
    if (client.getProtocolEra() === 'modern') await client.discover()
    else await client.ping()
  },
  watch: (what) => watch(client, changes, what),
  async close() {
    const { transport } = client
    if (transport instanceof StreamableHTTPClientTransport) await transport.terminateSession()
    await client.close()
  },
})

const transportTo = (address: Address): StdioClientTransport | StreamableHTTPClientTransport =>
  'url' in address
    ? new StreamableHTTPClientTransport(new URL(address.url), { fetch: address.fetch ?? fetch })
    : new StdioClientTransport({ command: address.command, args: [...address.args], stderr: 'ignore' })

/** Brings the official client 2.x, in one of its modes, or offering one legacy revision. */
export const officialV2 =
  (mode: VersionNegotiationMode, legacy?: string): Bring =>
  async (address, persona) => {
    const changes = changeQueue()
    const tools = { autoRefresh: false, debounceMs: 0, onChanged: () => changes.push('tools') }
    const options: ClientOptions = {
      capabilities: {
        elicitation: { form: {}, url: {} },
        sampling: { tools: {} },
        roots: { listChanged: true },
      },
      versionNegotiation: { mode },
      ...(mode === 'auto' && { listChanged: { tools } }),
      ...(legacy !== undefined && { supportedProtocolVersions: [legacy] }),
    }
    const client = new Client({ name: 'official-v2', version: '1.0.0' }, options)
    attend(client, persona)
    await client.connect(transportTo(address))
    return visitorOf(client, persona, changes)
  }
