import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
  UnauthorizedError,
} from '@modelcontextprotocol/client'
import type { OAuthClientProvider, VersionNegotiationMode } from '@modelcontextprotocol/client'
import { UnauthorizedError as UnauthorizedErrorV1 } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Browser } from '../auth/browser.ts'
import type { Caller } from './auth-meeting.ts'

/** Remembers what its client gives it, as an application of the official clients has to, and sends a person to log in. */
export class OfficialLogin implements OAuthClientProvider {
  readonly redirectUrl = 'http://127.0.0.1:9/callback'
  readonly clientMetadata = {
    client_name: 'official',
    redirect_uris: [this.redirectUrl],
    application_type: 'native' as const,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    // Asked for where a server names none: this authorization server gives nothing to who asks for nothing.
    scope: 'echo:read',
  }
  readonly #browser = new Browser()
  readonly #kept = new Map<string, unknown>()
  /** How often a person was sent to log in. */
  logins = 0
  /** What the last person came back with. */
  back = new URLSearchParams()

  #read(name: string): never {
    // The two clients keep their own types here; each gets back what it gave.
    return this.#kept.get(name) as never
  }

  clientInformation = (): never => this.#read('client')
  saveClientInformation = (client: unknown): void => void this.#kept.set('client', client)
  tokens = (): never => this.#read('tokens')
  saveTokens = (tokens: unknown): void => void this.#kept.set('tokens', tokens)
  codeVerifier = (): never => this.#read('verifier')
  saveCodeVerifier = (verifier: string): void => void this.#kept.set('verifier', verifier)
  saveDiscoveryState = (state: unknown): void => void this.#kept.set('discovery', state)
  discoveryState = (): never => this.#read('discovery')
  async redirectToAuthorization(url: URL): Promise<void> {
    this.logins += 1
    this.back = (await this.#browser.authorize(url)).searchParams
  }
}

const textOf = (result: unknown): string => {
  const { content } = result as { content: readonly { text?: string }[] }
  return content.map(({ text = '' }) => text).join('')
}

/** Does what needs a login, and once more after it, the way both clients ask for. */
const withLogin = async <T>(work: () => Promise<T>, finish: () => Promise<void>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UnauthorizedError) && !(error instanceof UnauthorizedErrorV1)) throw error
    await finish()
    return work()
  }
}

/** The official client 2.x. */
export const officialV2 = async (url: string, login: OfficialLogin, mode: VersionNegotiationMode): Promise<Caller> => {
  const client = new ClientV2({ name: 'official-v2', version: '1.0.0' }, { versionNegotiation: { mode } })
  let transport = new TransportV2(new URL(url), { authProvider: login })
  const finish = (): Promise<void> => transport.finishAuth(login.back)
  const connect = async (): Promise<void> => {
    transport = new TransportV2(new URL(url), { authProvider: login })
    await client.connect(transport)
  }
  await withLogin(connect, finish)
  return {
    version: client.getNegotiatedProtocolVersion() ?? '',
    call: async (name) => textOf(await withLogin(() => client.callTool({ name }), finish)),
    close: () => client.close(),
  }
}

/** The official client 1.x. */
export const officialV1 = async (url: string, login: OfficialLogin): Promise<Caller> => {
  const client = new ClientV1({ name: 'official-v1', version: '1.0.0' })
  let transport = new TransportV1(new URL(url), { authProvider: login })
  const finish = (): Promise<void> => transport.finishAuth(login.back.get('code') ?? '')
  const connect = async (): Promise<void> => {
    transport = new TransportV1(new URL(url), { authProvider: login })
    await client.connect(transport)
  }
  await withLogin(connect, finish)
  return {
    version: '',
    call: async (name) => textOf(await withLogin(() => client.callTool({ name }), finish)),
    close: () => client.close(),
  }
}
