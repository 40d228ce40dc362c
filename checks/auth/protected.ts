import { describeFault, introspectionVerifier, jwtVerifier, protect } from '@parley/auth/server'
import type { ProtectOptions } from '@parley/auth/server'
import { Server } from '@parley/server'
import { httpSse } from '@parley/transports/http-sse/server'
import { toNodeHandler } from '@parley/transports/http/node'
import type { NodeHandler } from '@parley/transports/http/node'
import { introspector } from './authorization-server.ts'
import type { AuthorizationServer } from './authorization-server.ts'
import { listen } from './listener.ts'
import { overhear } from './overheard.ts'

/** How a protected server differs from one that suits most tests. */
export type ProtectedOptions = Partial<ProtectOptions> & {
  /** How it finds out about tokens. @default 'jwt' */
  readonly by?: 'jwt' | 'introspection'
  /** What tokens are for: the address that is served, or all of its origin. @default 'address' */
  readonly of?: 'address' | 'origin'
}

/** A server of ours that nobody enters without a token. */
export type Protected = {
  readonly url: string
  /** The address of the transport of 2024-11-05. */
  readonly sseUrl: string
  /** The `Authorization` header of every request that had one, in order. */
  readonly presented: readonly string[]
  close(): Promise<void>
}

/** What stands behind the gate: a tool for everybody, and two that take a scope of their own. */
const makeServer = (): Server => {
  const server = new Server({ name: 'protected', version: '1.0.0' })
  server.tool('whoami', (_, ctx) => ctx.auth?.subject ?? 'nobody')
  server.tool('write', { scopes: ['echo:write'] }, () => 'written')
  server.tool('admin', { scopes: ['echo:admin'] }, () => 'done')
  return server
}

const verifierOf = (by: 'jwt' | 'introspection', issuer: string): ProtectOptions['verifier'] =>
  by === 'jwt'
    ? jwtVerifier({ issuer })
    : introspectionVerifier({
        issuer,
        endpoint: `${issuer}/token/introspection`,
        clientId: introspector.client_id,
        clientSecret: introspector.client_secret,
      })

/** Serves on a free port what takes the tokens of an authorization server, over HTTP in both eras and over HTTP+SSE. */
export const serveProtected = async (
  { issuer }: AuthorizationServer,
  options: ProtectedOptions = {},
): Promise<Protected> => {
  const { by = 'jwt', of = 'address', ...rest } = options
  const server = makeServer()
  const presented: string[] = []
  const handlers: NodeHandler[] = []
  const { origin, close } = await listen((at) => {
    const authorize = protect({
      resource: of === 'address' ? `${at}/mcp` : at,
      authorizationServers: [issuer],
      verifier: verifierOf(by, issuer),
      scopes: ['echo:read'],
      // A clock that is faked later is another object.
      now: () => Date.now(),
      onRefused: (fault) => overhear(describeFault(fault)),
      ...rest,
    })
    const handler = toNodeHandler(server, { authorize, path: '/mcp', sse: httpSse() })
    handlers.push(handler)
    return (request, response) => {
      const { authorization } = request.headers
      if (authorization !== undefined) presented.push(authorization)
      handler(request, response)
    }
  })
  return {
    url: `${origin}/mcp`,
    sseUrl: `${origin}/sse`,
    presented,
    close: async () => {
      await server.close()
      await Promise.all(handlers.map((handler) => handler.close()))
      await close()
    },
  }
}
