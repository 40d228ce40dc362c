import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { stdio } from '@parley/transports/stdio/client'
import type { StdioOptions } from '@parley/transports/stdio/client'
import type { Address, Bring, Persona, Visitor, Watch } from './visitor.ts'

/** Our client, with a persona who answers everything. */
export const connectParley = (
  address: Address,
  persona: Persona,
  options: { versions?: readonly string[] | undefined } & Pick<StdioOptions, 'env'> = {},
): Promise<Client> => {
  const { versions, ...rest } = options
  // Servers on SDK 1.x do not go when their input ends, and none of these has anything to save.
  const patience = { stderr: 'ignore', grace: 300 } as const
  const target =
    'url' in address
      ? http(address.url, { fetch: address.fetch })
      : stdio(address.command, address.args, { ...patience, ...rest })
  return connect(target, {
    name: 'parley-interop',
    version: '1.0.0',
    versions,
    timeout: 10_000,
    onElicit: (form) => persona.fill(form),
    onElicitUrl: (question) => persona.open(question),
    onSample: (params) => persona.think(params),
    sampleTools: true,
    roots: () => persona.roots,
    onError: (error) => void persona.complaints.push(String(error)),
    onLog: (line) => void persona.logs.push(line),
  })
}

const watch = async (client: Client, what: { tools?: boolean; uri?: string }): Promise<Watch> => {
  const filter = {
    ...(what.tools === true && { toolsListChanged: true }),
    ...(what.uri !== undefined && { resourceSubscriptions: [what.uri] }),
  }
  const subscription = await client.listen(filter)
  const changes = subscription[Symbol.asyncIterator]()
  return {
    next: async () => {
      const { value } = await changes.next()
      return value?.type === 'resourceUpdated' ? value.uri : value?.type === 'toolsListChanged' ? 'tools' : 'the end'
    },
    close: () => subscription.close(),
  }
}

const visitorOf = (client: Client, persona: Persona): Visitor => ({
  persona,
  terms: {
    version: client.version,
    era: client.era,
    server: { name: client.info?.name ?? '', version: client.info?.version ?? '' },
    instructions: client.instructions,
    capabilities: client.capabilities,
  },
  tools: async () => (await client.listTools({ cache: false })).map((tool) => tool.name),
  async call(name, args, { logLevel, ...options } = {}) {
    if (logLevel !== undefined) await client.setLogLevel(logLevel)
    const { content, structured, isError } = await client.callTool(name, args, options)
    return { content, structured, isError }
  },
  async resourcePages() {
    const pages: string[][] = []
    for await (const page of client.resourcePages()) pages.push(page.resources.map((resource) => resource.uri))
    return pages
  },
  templates: async () => (await client.listResourceTemplates()).map((template) => template.uriTemplate),
  read: async (uri) => (await client.readResource(uri)).contents,
  prompts: async () => (await client.listPrompts()).map((prompt) => prompt.name),
  prompt: async (name, args) => (await client.getPrompt(name, args)).messages,
  complete: (ref, argument, context) => client.complete(ref, argument, context),
  ping: () => client.ping(),
  watch: (what) => watch(client, what),
  close: () => client.close(),
})

/** Brings our client; it finds out by itself what is spoken, among all revisions or the given ones. */
export const parley =
  (versions?: readonly string[]): Bring =>
  async (address, persona) =>
    visitorOf(await connectParley(address, persona, { versions }), persona)
