import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createEcho } from '@parley/echo/src/server.ts'
import type { Server } from '@parley/server'
import { toNodeHandler } from '@parley/transports/http/node'
import type { NodeHandler } from '@parley/transports/http/node'
import { listen } from './listener.ts'
import { keepSecret } from './overheard.ts'
import { credentialsOf, hear } from './witness.ts'
import type { Credential, Heard } from './witness.ts'

/** What a client can ask this server, each a place to lie. */
export type Step = 'challenge' | 'resource' | 'rootResource' | 'metadata' | 'register' | 'authorize' | 'token' | 'stray'

/** What is answered. An object is written as JSON; what yields text is written as slowly as it yields. */
export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object | string | AsyncIterable<string>
}

/** Makes another answer of an honest one. */
export type Lie = (honest: Answer, heard: Heard) => Answer

/** The lies to be told, by the step at which they are. */
export type Lies = Partial<Record<Step, Lie>>

/** A protected server and its authorization server on one origin, honest but for its lies, and listening well. */
export type Hostile = {
  /** Where it all is; the issuer of its tokens. */
  readonly origin: string
  /** The address of the protected server. */
  readonly url: string
  /** Told from the next request on. */
  lies: Lies
  /** Every request that was not for the protected server, and those to it that had no token. */
  readonly heard: readonly { readonly step: Step; readonly request: Heard }[]
  /** Every credential that ever came, wherever it was in the request. */
  readonly credentials: readonly Credential[]
  /** What it has issued. */
  readonly issued: ReadonlySet<string>
  /** How often a step was asked for. */
  count(step: Step): number
  close(): Promise<void>
}

const stepOf: Readonly<Record<string, Step>> = {
  '/.well-known/oauth-protected-resource/mcp': 'resource',
  '/.well-known/oauth-protected-resource': 'rootResource',
  '/.well-known/oauth-authorization-server': 'metadata',
  '/register': 'register',
  '/authorize': 'authorize',
  '/token': 'token',
}

type State = { readonly origin: string; readonly url: string; readonly issued: Set<string>; serial: number }

const issue = (state: State, kind: string): string => {
  const secret = `${kind}-${(state.serial += 1)}-${crypto.randomUUID()}`
  state.issued.add(secret)
  keepSecret(secret)
  return secret
}

/** The metadata of an honest authorization server at this origin. */
export const honestMetadata = (origin: string): Record<string, unknown> => ({
  issuer: origin,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/token`,
  registration_endpoint: `${origin}/register`,
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: ['none', 'client_secret_post', 'client_secret_basic'],
  authorization_response_iss_parameter_supported: true,
})

const redirected = (state: State, { query }: Heard): Answer => {
  const location = new URL(query.get('redirect_uri') ?? state.origin)
  location.searchParams.set('code', issue(state, 'code'))
  location.searchParams.set('state', query.get('state') ?? '')
  location.searchParams.set('iss', state.origin)
  return { status: 302, headers: { location: location.href } }
}

const registered = (state: State, { body }: Heard): Answer => ({
  status: 201,
  body: { ...(JSON.parse(body) as object), client_id: `client-${(state.serial += 1)}` },
})

const tokens = (state: State): Answer => ({
  status: 200,
  headers: { 'cache-control': 'no-store' },
  body: {
    access_token: issue(state, 'access'),
    refresh_token: issue(state, 'refresh'),
    token_type: 'Bearer',
    expires_in: 3600,
  },
})

const challenge = ({ origin }: State): Answer => {
  const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`
  return { status: 401, headers: { 'www-authenticate': `Bearer resource_metadata="${metadata}"` } }
}

const honest: Readonly<Record<Step, (state: State, heard: Heard) => Answer>> = {
  challenge,
  resource: ({ origin, url }) => ({ status: 200, body: { resource: url, authorization_servers: [origin] } }),
  rootResource: () => ({ status: 404 }),
  metadata: ({ origin }) => ({ status: 200, body: honestMetadata(origin) }),
  register: registered,
  authorize: redirected,
  token: tokens,
  stray: () => ({ status: 404 }),
}

const write = async (response: ServerResponse, { status, headers = {}, body = '' }: Answer): Promise<void> => {
  if (typeof body === 'string') return void response.writeHead(status, headers).end(body)
  if (Symbol.asyncIterator in body) {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).flushHeaders()
    // A client that has had enough of it breaks it off, which is what the test wants to see.
    return pipeline(Readable.from(body), response).catch(() => undefined)
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

class Machine {
  readonly #state: State
  readonly #protected: NodeHandler
  lies: Lies
  readonly heard: { step: Step; request: Heard }[] = []
  readonly credentials: Credential[] = []

  constructor(state: State, server: Server, lies: Lies) {
    this.#state = state
    this.#protected = toNodeHandler(server)
    this.lies = lies
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? ''
    if (path === '/mcp' && this.#lets(request)) return this.#protected(request, response)
    const heard = await hear(request)
    const step = path === '/mcp' ? 'challenge' : (stepOf[path] ?? 'stray')
    this.heard.push({ step, request: heard })
    this.credentials.push(...credentialsOf(heard))
    const answer = honest[step](this.#state, heard)
    await write(response, this.lies[step]?.(answer, heard) ?? answer)
  }

  /** Whether a token of its own came, and no lie is to be told about it. */
  #lets({ headers }: IncomingMessage): boolean {
    const [scheme, token = ''] = (headers.authorization ?? '').split(' ')
    return this.lies.challenge === undefined && scheme === 'Bearer' && this.#state.issued.has(token)
  }

  close(): Promise<void> {
    return this.#protected.close()
  }
}

/** Starts a protected server that tells lies, on a free port of the loopback address. */
export const startHostile = async (lies: Lies = {}): Promise<Hostile> => {
  const server = createEcho()
  const issued = new Set<string>()
  const made: Machine[] = []
  const { origin, close } = await listen((at) => {
    const machine = new Machine({ origin: at, url: `${at}/mcp`, issued, serial: 0 }, server, lies)
    made.push(machine)
    return (request, response) => void machine.answer(request, response)
  })
  const [machine] = made
  if (machine === undefined) throw new Error('Nothing listens')
  return {
    origin,
    url: `${origin}/mcp`,
    issued,
    heard: machine.heard,
    credentials: machine.credentials,
    get lies() {
      return machine.lies
    },
    set lies(told) {
      machine.lies = told
    },
    count: (step) => machine.heard.filter((one) => one.step === step).length,
    close: async () => {
      await server.close()
      await machine.close()
      await close()
    },
  }
}
