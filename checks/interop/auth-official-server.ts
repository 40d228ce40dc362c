import { toNodeHandler } from '@modelcontextprotocol/node'
import {
  createMcpHandler,
  getOAuthProtectedResourceMetadataUrl,
  McpServer,
  oauthMetadataResponse,
  OAuthError,
  OAuthErrorCode,
  requireBearerAuth,
  requireScopes,
} from '@modelcontextprotocol/server'
import type { AuthInfo, AuthMetadataOptions } from '@modelcontextprotocol/server'
import type { AuthorizationServer } from '../auth/authorization-server.ts'
import { listen } from '../auth/listener.ts'
import { bearers } from '../auth/tokens.ts'
import type { Protected } from './auth-meeting.ts'

const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'official', version: '1.0.0' })
  server.registerTool('whoami', { description: 'Who calls' }, ({ http }) => ({
    content: [{ type: 'text', text: String(http?.authInfo?.extra?.['subject']) }],
  }))
  const scopeChallenge = requireScopes('echo:write')
  server.registerTool('write', { description: 'Takes a scope of its own', scopeChallenge }, () => ({
    content: [{ type: 'text', text: 'written' }],
  }))
  return server
}

const gateOf = (issuer: string, url: string): ReturnType<typeof requireBearerAuth> => {
  const verified = bearers(issuer, url)
  const verifyAccessToken = async (token: string): Promise<AuthInfo> => {
    const { subject, clientId, scopes, expires } = await verified(token).catch(() => {
      throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token is not good here')
    })
    const resource = new URL(url)
    return { token, clientId, scopes: [...scopes], expiresAt: expires, resource, extra: { subject } }
  }
  return requireBearerAuth({
    verifier: { verifyAccessToken },
    requiredScopes: ['echo:read'],
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(new URL(url)),
    expectedResource: new URL(url),
  })
}

/** A server on the official SDK 2.x, behind its own bearer middleware. */
export const serveOfficial = async ({ issuer }: AuthorizationServer): Promise<Protected> => {
  const discovered = await fetch(`${issuer}/.well-known/oauth-authorization-server`)
  const oauthMetadata = (await discovered.json()) as AuthMetadataOptions['oauthMetadata']
  const handler = createMcpHandler(makeServer, { legacy: 'stateless' })
  const listening = await listen((at) => {
    const url = `${at}/mcp`
    const gate = gateOf(issuer, url)
    const documents = { oauthMetadata, resourceServerUrl: new URL(url), scopesSupported: ['echo:read'] }
    const answer = async (request: Request): Promise<Response> => {
      const document = oauthMetadataResponse(request, documents)
      if (document !== undefined) return document
      const auth = await gate(request)
      return auth instanceof Response ? auth : handler.fetch(request, { authInfo: auth })
    }
    const answerNode = toNodeHandler({ fetch: answer })
    // Its types know nothing of `undefined` where a property may be missing.
    return (request, response) => void answerNode(request as Parameters<typeof answerNode>[0], response)
  })
  return {
    url: `${listening.origin}/mcp`,
    close: async () => {
      await handler.close()
      await listening.close()
    },
  }
}
