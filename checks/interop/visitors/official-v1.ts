import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { changeQueue } from './visitor.ts'
import type { Address, Bring, Persona, Visitor, Watch } from './visitor.ts'

const attend = (client: Client, persona: Persona): void => {
  Object.assign(client, { onerror: (error: Error) => persona.complaints.push(error.message) })
  client.setRequestHandler(
    ElicitRequestSchema,
    ({ params }) => (params.mode === 'url' ? persona.open(params) : persona.fill(params as never)) as never,
  )
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => persona.think(params as never) as never)
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: persona.roots as never }))
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    persona.logs.push({ level: params.level, logger: params.logger, data: params.data })
  })
}

const watch = async (client: Client, { uri }: { tools?: boolean; uri?: string }): Promise<Watch> => {
  const { push, next } = changeQueue()
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => push('tools'))
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => push(params.uri))
  if (uri !== undefined) await client.subscribeResource({ uri })
  return {
    next,
    close: async () => {
      if (uri !== undefined) await client.unsubscribeResource({ uri })
    },
  }
}

const visitorOf = (client: Client, persona: Persona, version: string): Visitor => ({
  persona,
  terms: {
    version,
    era: 'legacy',
    server: { name: client.getServerVersion()?.name ?? '', version: client.getServerVersion()?.version ?? '' },
    instructions: client.getInstructions(),
    capabilities: client.getServerCapabilities(),
  },
  async tools() {
    const names: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page: Awaited<ReturnType<Client['listTools']>> = await client.listTools(cursor === '' ? {} : { cursor })
      names.push(...page.tools.map((tool) => tool.name))
      cursor = page.nextCursor
    }
    return names
  },
  async call(name, args, { onProgress, signal, logLevel } = {}) {
    if (logLevel !== undefined) await client.setLoggingLevel(logLevel)
    const params = { name, ...(args !== undefined && { arguments: args }) }
    const options = {
      ...(onProgress !== undefined && { onprogress: onProgress as never }),
      ...(signal !== undefined && { signal }),
    }
    const result = await client.callTool(params, undefined, options)
    return {
      content: result.content as unknown[],
      structured: result.structuredContent,
      isError: result.isError === true,
    }
  },
  async resourcePages() {
    const pages: string[][] = []
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page: Awaited<ReturnType<Client['listResources']>> = await client.listResources(
        cursor === '' ? {} : { cursor },
      )
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
    const params = { ref: ref as never, argument, ...(context !== undefined && { context: { arguments: context } }) }
    return (await client.complete(params)).completion
  },
  ping: async () => {
    await client.ping()
  },
  watch: (what) => watch(client, what),
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

/** Brings the official client 1.x, which speaks the legacy era alone. */
export const officialV1: Bring = async (address, persona) => {
  const client = new Client(
    { name: 'official-v1', version: '1.0.0' },
    {
      capabilities: {
        elicitation: { form: {}, url: {} },
        sampling: { tools: {} },
        roots: { listChanged: true },
      },
    },
  )
  attend(client, persona)
  const transport = transportTo(address)
  let version = ''
  const settle = 'setProtocolVersion' in transport ? transport.setProtocolVersion.bind(transport) : undefined
  Object.assign(transport, {
    setProtocolVersion: (agreed: string) => {
      version = agreed
      settle?.(agreed)
    },
  })
  await client.connect(transport)
  return visitorOf(client, persona, version)
}
