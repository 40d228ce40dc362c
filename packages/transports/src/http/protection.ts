import { lackingScopes, orElse } from '@parley/core'
import type { AuthRefusal, Authorize, Awaitable, Principal, PublicDocument } from '@parley/core'
import type { Message, Responder } from '@parley/protocol/server'
import type { Head, Reply } from './wire.ts'

/** Asks who sends a request. Neither throws nor rejects: what could not be found out is a refusal with 503. */
export const verified = (authorize: Authorize, head: Head): Awaitable<Principal | AuthRefusal> =>
  orElse<Principal | AuthRefusal>(
    () => {
      // One that says nothing, as plain JavaScript can, has verified nobody.
      const verdict: Awaitable<Principal | AuthRefusal> | undefined | null = authorize(head)
      if (verdict instanceof Promise)
        return verdict.then((said: Principal | AuthRefusal | undefined) => said ?? unknown)
      return verdict ?? unknown
    },
    // Whether the sender is good is no verdict on the sender.
    () => unknown,
  )

const unknown: AuthRefusal = { status: 503 }

/** What is published at a path for everyone, if anything. */
export const documentAt = (
  path: string,
  authorize: Authorize | undefined,
  server: Responder,
): PublicDocument | undefined => authorize?.documents?.get(path)?.(server.scopes ?? [])

const methods = 'GET, OPTIONS'

// Any page may look for the way in: it reads nothing here that is not for everyone, and no credentials are looked at.
const anyOrigin = { 'access-control-allow-origin': '*' }

/** Answers a request for a document that is for everyone. */
export const publish = ({ body, headers }: PublicDocument, head: Head, reply: Reply): void => {
  if (head.method === 'GET') return reply.send(200, { ...headers, ...anyOrigin }, body)
  if (head.method !== 'OPTIONS') return reply.send(405, { allow: methods, ...anyOrigin })
  reply.send(204, {
    allow: methods,
    ...anyOrigin,
    'access-control-allow-methods': methods,
    // Clients say here, too, which revision they speak.
    'access-control-allow-headers': 'accept, content-type, mcp-protocol-version',
    'access-control-max-age': '7200',
  })
}

const insufficient = (scopes: readonly string[]): AuthRefusal => ({
  status: 403,
  headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"` },
})

/**
 * Why a verified sender may not have what a message asks for, or nothing.
 *
 * SHOULD (2026-07-28, basic/authorization#runtime-insufficient-scope-errors): one challenge names all scopes that the
 * operation needs, a batch's requests taken together (Z17).
 */
export const scopeRefusal = (
  { authorize, server }: { authorize: Authorize; server: Responder },
  message: Message,
  principal: Principal | undefined,
): AuthRefusal | undefined => {
  const { kind } = message
  if (server.scopesFor === undefined || (kind !== 'request' && kind !== 'batch')) return undefined
  const messages = kind === 'batch' ? message.messages : [message]
  const needed = new Set<string>()
  for (const each of messages) {
    if (each.kind !== 'request') continue
    for (const scope of server.scopesFor(each.method, each.params ?? {}, principal)) needed.add(scope)
  }
  if (needed.size === 0 || lackingScopes(principal, [...needed]).length === 0) return undefined
  return (authorize.insufficient ?? insufficient)([...needed])
}
