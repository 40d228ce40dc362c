import { createHash } from 'node:crypto'
import { memoryStore, oauth, redirectBy } from '../src/client.ts'
import type { AuthError, CredentialStore, OAuthOptions, RedirectFlow, SafeFetch, UserLogin } from '../src/client.ts'

/** One request that reached the world. */
export type Seen = {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: string
  readonly form: URLSearchParams
}

type Token = { scopes: string[]; expiresAt: number; resource: string; jkt?: string }
type Code = { challenge: string; scopes: string[]; resource: string; redirectUri: string; clientId: string }
type Json = Record<string, unknown>

export const serverUrl = 'https://mcp.example/mcp'
export const issuer = 'https://as.example'
export const redirectUri = 'http://127.0.0.1:33418/callback'

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers })

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')

/**
 * A protected server and its authorization server, without sockets: a `fetch` that plays both, keeps what it was sent, and
 * of which every answer can be replaced. It rotates refresh tokens and takes each once.
 */
export class World {
  readonly seen: Seen[] = []
  readonly tokens = new Map<string, Token>()
  readonly refreshTokens = new Map<string, { scopes: string[]; clientId: string; isUsed: boolean }>()
  readonly codes = new Map<string, Code>()
  /** Documents by URL; undefined is 404. */
  readonly documents = new Map<string, Json | Response | undefined>()
  /** What replaces an answer, by URL without query. */
  readonly answers = new Map<string, (seen: Seen) => Response | Promise<Response | undefined> | undefined>()
  readonly registrations: Json[] = []
  /** Scopes that a request needs. */
  needs: (seen: Seen) => readonly string[] = () => []
  /** The challenge of a 401. */
  challenge = `Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`
  lifetime = 3600
  time = 1_800_000_000_000
  /** What the authorization server grants of the scopes that it is asked for. */
  grants: (scopes: string[]) => string[] = (scopes) => scopes
  /** Changes the URL that the browser is sent back to. */
  back: (callback: URL, asked: URL) => void = () => undefined
  readonly visits: URL[] = []
  #count = 0

  constructor() {
    this.documents.set('https://mcp.example/.well-known/oauth-protected-resource/mcp', {
      resource: serverUrl,
      authorization_servers: [issuer],
    })
    this.publish(issuer)
  }

  /** Publishes the metadata of an authorization server at its root. */
  publish(name: string, more: Json = {}): void {
    this.documents.set(`${name}/.well-known/oauth-authorization-server`, {
      issuer: name,
      authorization_endpoint: `${name}/authorize`,
      token_endpoint: `${name}/token`,
      registration_endpoint: `${name}/register`,
      revocation_endpoint: `${name}/revoke`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
      ...more,
    })
  }

  /** What is sent to a place, by URL without query. */
  to(place: string): Seen[] {
    return this.seen.filter(({ url }) => `${url.origin}${url.pathname}` === place)
  }

  /** All that was asked for, as `METHOD url`, without queries. */
  get trace(): string[] {
    return this.seen.map(({ method, url }) => `${method} ${url.origin}${url.pathname}`)
  }

  readonly fetch = async (input: URL | string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input)
    const body = typeof init.body === 'string' ? init.body : ''
    const seen: Seen = {
      method: init.method ?? 'GET',
      url,
      headers: new Headers(init.headers),
      body,
      form: new URLSearchParams(body),
    }
    this.seen.push(seen)
    // Nothing answers in the same turn.
    await Promise.resolve()
    init.signal?.throwIfAborted()
    const place = `${url.origin}${url.pathname}`
    const replaced = await this.answers.get(place)?.(seen)
    if (replaced !== undefined) return replaced
    if (url.pathname.includes('/.well-known/')) {
      const found = this.documents.get(place)
      return found instanceof Response
        ? found.clone()
        : found === undefined
          ? new Response('', { status: 404 })
          : json(found)
    }
    if (url.pathname.endsWith('/token')) return this.#token(seen)
    if (url.pathname.endsWith('/register')) return this.#register(seen)
    if (url.pathname.endsWith('/revoke')) return new Response('')
    return this.#serve(seen)
  }

  readonly metadataFetch: SafeFetch = (url, init = {}) =>
    this.fetch(url, { ...init, signal: init.signal ?? null } as RequestInit)

  #serve(seen: Seen): Response {
    const [scheme, shown = ''] = (seen.headers.get('authorization') ?? '').split(' ')
    const token = this.tokens.get(shown)
    if (scheme === '' || token === undefined || token.expiresAt <= this.time) {
      return new Response('', { status: 401, headers: { 'www-authenticate': this.challenge } })
    }
    const needs = this.needs(seen)
    if (needs.every((scope) => token.scopes.includes(scope))) return json({ served: shown })
    const challenge = `Bearer error="insufficient_scope", scope="${needs.join(' ')}"`
    return new Response('', { status: 403, headers: { 'www-authenticate': challenge } })
  }

  #register({ body }: Seen): Response {
    const asked = JSON.parse(body) as Json
    this.registrations.push(asked)
    this.#count += 1
    return json({ ...asked, client_id: `client-${this.#count}` }, 201)
  }

  /** Issues a token out of turn. */
  issue(scopes: string[], more: Partial<Token> = {}): { access_token: string; refresh_token: string } & Json {
    this.#count += 1
    const [access, refresh] = [`access-canary-${this.#count}`, `refresh-canary-${this.#count}`]
    const expiresAt = this.time + this.lifetime * 1000
    this.tokens.set(access, { scopes, resource: serverUrl, expiresAt, ...more })
    this.refreshTokens.set(refresh, { scopes, clientId: '', isUsed: false })
    const scope = scopes.length === 0 ? {} : { scope: scopes.join(' ') }
    return { access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: this.lifetime, ...scope }
  }

  #token(seen: Seen): Response {
    const { form } = seen
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#redeem(form)
      case 'refresh_token': {
        const held = this.refreshTokens.get(form.get('refresh_token') ?? '')
        if (held === undefined || held.isUsed) return json({ error: 'invalid_grant' }, 400)
        held.isUsed = true
        return json(this.issue(held.scopes))
      }
      default:
        return json(this.issue((form.get('scope') ?? '').split(' ').filter((scope) => scope !== '')))
    }
  }

  #redeem(form: URLSearchParams): Response {
    const code = this.codes.get(form.get('code') ?? '')
    this.codes.delete(form.get('code') ?? '')
    const isRight =
      code !== undefined &&
      code.challenge === digest(form.get('code_verifier') ?? '') &&
      code.resource === form.get('resource') &&
      code.redirectUri === form.get('redirect_uri')
    if (!isRight) return json({ error: 'invalid_grant', error_description: 'no such code' }, 400)
    return json(this.issue(this.grants(code.scopes)))
  }

  /** What a browser with a willing user does: it comes back with a code. */
  readonly visit = async (asked: URL): Promise<URL> => {
    this.visits.push(asked)
    this.#count += 1
    const { searchParams: query } = asked
    const code = `code-canary-${this.#count}`
    this.codes.set(code, {
      challenge: query.get('code_challenge') ?? '',
      scopes: (query.get('scope') ?? '').split(' ').filter((scope) => scope !== ''),
      resource: query.get('resource') ?? '',
      redirectUri: query.get('redirect_uri') ?? '',
      clientId: query.get('client_id') ?? '',
    })
    const callback = new URL(query.get('redirect_uri') ?? '')
    callback.searchParams.set('code', code)
    callback.searchParams.set('state', query.get('state') ?? '')
    callback.searchParams.set('iss', asked.origin + asked.pathname.replace(/\/authorize$/, ''))
    this.back(callback, asked)
    return callback
  }

  readonly redirect: RedirectFlow = redirectBy(redirectUri, (url) => this.visit(url))

  /** A login at this world's server. */
  login(options: Partial<OAuthOptions> & { url?: string; store?: CredentialStore } = {}): UserLogin {
    const { url = serverUrl, ...rest } = options
    return oauth(url, {
      redirect: this.redirect,
      store: memoryStore(),
      fetch: this.fetch,
      metadataFetch: this.metadataFetch,
      now: () => this.time,
      ...rest,
    })
  }
}

/** What a promise rejects with. */
export const failureOf = async (promise: Promise<unknown>): Promise<AuthError> => {
  try {
    await promise
  } catch (error) {
    return error as AuthError
  }
  throw new Error('It did not fail')
}

/** The text of a response. */
export const textOf = async (response: Promise<Response>): Promise<string> => (await response).text()

/** A promise, and what settles it. */
export const withResolvers = <T>(): { promise: Promise<T>; resolve: (value: T) => void } => {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
