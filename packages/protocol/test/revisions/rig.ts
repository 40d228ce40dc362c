import { createSealer } from '@parley/core'
import type { ClientCapabilities, JsonObject, Principal, Sealer } from '@parley/core'
import { isAdvertised, isStandard, revisionOf } from '../../src/index.ts'
import type { Exchange, Origin, RequestOptions, ServerSelf, Session } from '../../src/index.ts'

export const protocolVersion = 'io.modelcontextprotocol/protocolVersion'
export const clientInfo = 'io.modelcontextprotocol/clientInfo'
export const clientCapabilities = 'io.modelcontextprotocol/clientCapabilities'
export const logLevel = 'io.modelcontextprotocol/logLevel'
export const serverInfo = 'io.modelcontextprotocol/serverInfo'

/** The envelope of a modern request. */
export const envelope = (capabilities: ClientCapabilities = {}, rest: JsonObject = {}): JsonObject => ({
  [protocolVersion]: '2026-07-28',
  [clientInfo]: { name: 'test', version: '1' },
  [clientCapabilities]: capabilities,
  ...rest,
})

/** A legacy session; `version` undefined is one before its handshake. */
export const session = (version?: string, capabilities: ClientCapabilities = {}): Session => ({
  id: 's',
  state: {
    initialized: version !== undefined,
    subscriptions: [],
    ...(version === undefined ? {} : { version, capabilities, info: { name: 'old', version: '1' } }),
  },
  ended: new AbortController().signal,
  whenEnded: () => undefined,
  notify: () => Promise.resolve(),
})

type Asked = { method: string; params: JsonObject; options: RequestOptions | undefined }

/** An exchange, and what was asked over it. */
export const exchangeOf = (
  method: string,
  params: JsonObject | undefined,
  rest: { session?: Session; principal?: Principal; answer?: (asked: Asked) => Promise<JsonObject> } = {},
): Exchange => {
  const { answer } = rest
  const origin: Origin = rest.principal === undefined ? { road: 'test' } : { road: 'test', principal: rest.principal }
  return {
    request: { kind: 'request', id: 1, method, params },
    signal: new AbortController().signal,
    origin,
    session: rest.session,
    notify: () => Promise.resolve(),
    ask:
      answer === undefined ? undefined : (asked, given, options) => answer({ method: asked, params: given, options }),
  }
}

/** What revisions need of a server. */
export const self = (rest: Partial<ServerSelf> & { sealer?: Sealer } = {}): ServerSelf => {
  const capabilities = rest.capabilities ?? {
    tools: {},
    prompts: {},
    resources: { subscribe: true },
    completions: {},
    logging: {},
  }
  return {
    info: {
      name: 'server',
      version: '2',
      title: 'A server',
      description: 'd',
      websiteUrl: 'https://a.example',
      icons: [{ src: 'https://a.example/i.png' }],
    },
    instructions: undefined,
    capabilities,
    sealer: createSealer(),
    maxRounds: 10,
    rehearse: false,
    report: () => undefined,
    answers: (method) => (isStandard(method) ? isAdvertised(method, capabilities) : method === 'custom/method'),
    ...rest,
  }
}

/** The code and data of what a call is refused with. */
export const refusalOf = async (
  exchange: Exchange,
  server: ServerSelf = self(),
): Promise<{ code: number; message: string; data?: unknown }> => {
  const revision = revisionOf(exchange)
  try {
    await revision.readCall(exchange, server)
  } catch (error) {
    return revision.writeError(error as Parameters<typeof revision.writeError>[0])
  }
  throw new Error('The call was read')
}
