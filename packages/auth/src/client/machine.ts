import { Access } from './access.ts'
import { isLoopback } from './address.ts'
import type { Reach } from './document.ts'
import { proofKeyFor, proofsOf } from './dpop.ts'
import { AuthError } from './errors.ts'
import { foundationOf } from './foundation.ts'
import type { Foundation, LoginOptions } from './foundation.ts'
import type { Grant, Grantor, Wish } from './grantor.ts'
import { pin } from './identity.ts'
import type { PreregisteredClient } from './identity.ts'
import type { Login } from './login.ts'
import { discoverServer } from './server-metadata.ts'
import type { ServerMetadata } from './server-metadata.ts'
import { requestGrant } from './token-endpoint.ts'
import type { Granted, TokenEndpoint } from './token-endpoint.ts'

/** Asks a token endpoint, in the name of a client, for a token with these scopes. */
type Ask = (endpoint: TokenEndpoint, wish: Wish, scope: string | undefined) => Promise<Granted>

const scopeOf = ({ scopes }: Wish): string | undefined =>
  scopes === undefined || scopes.length === 0 ? undefined : scopes.join(' ')

const chosen = (issuers: readonly string[], issuer: string | undefined): string | undefined => {
  if (issuer === undefined || issuers.length === 0) return issuers[0]
  if (issuers.includes(issuer)) return issuer
  const compared = { expected: issuer, actual: issuers.join(' ') }
  throw new AuthError('identity', 'The client is registered with another authorization server', compared)
}

/** A way to a token with what a machine knows: one client at one issuer, and nobody to ask. */
const grantorOf = (base: Foundation, client: PreregisteredClient, dpop: boolean, ask: Ask): Grantor => {
  const { reach, vault } = base
  return {
    choose: (issuers) => chosen(issuers, client.issuer),
    recall: async (_server, clientId) => (clientId === client.clientId ? client : undefined),
    grant: async (wish): Promise<Grant> => {
      const { protection } = wish
      const { server } = protection
      chosen([server.issuer], client.issuer)
      if (client.issuer === undefined) await pin(vault, client.clientId, server.issuer)
      const dpopKey = await proofKeyFor(protection, dpop)
      const proofs = dpopKey === undefined ? undefined : await proofsOf(dpopKey)
      const granted = await ask({ reach, server, client, proofs }, wish, scopeOf(wish))
      return { clientId: client.clientId, granted, requested: wish.scopes ?? [], dpopKey }
    },
  }
}

const machine = (
  url: URL | string,
  client: PreregisteredClient,
  options: LoginOptions,
  grant: { readonly name: string; readonly ask: Ask },
): Login => {
  // Apart from what a user got at the same server, and from what another machine's identity did.
  const account = JSON.stringify([grant.name, client.clientId, options.account ?? ''])
  const base = foundationOf(url, options, account)
  const grantor = grantorOf(base, client, options.dpop ?? false, grant.ask)
  const access = new Access({ ...base, grantor })
  return {
    fetch: (input, init) => access.fetch(input, init),
    authorize: ({ scopes = [], signal } = {}) => access.authorize(scopes, signal),
    forget: () => access.forget(),
  }
}

/** A machine's own credentials, and how it logs in with them. */
export type ClientCredentialsOptions = LoginOptions & PreregisteredClient

/**
 * Gives access to a protected server with a client's own credentials, for programs that act for nobody else (extension
 * `io.modelcontextprotocol/oauth-client-credentials`). The client was registered by hand, with a secret or, better, a key.
 */
export const clientCredentials = (url: URL | string, options: ClientCredentialsOptions): Login => {
  const ask: Ask = (endpoint, { protection: { resource } }, scope) =>
    requestGrant(endpoint, 'client_credentials', { resource, scope })
  return machine(url, options, options, { name: 'client_credentials', ask })
}

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** A workload's identity, and how it logs in with it. */
export type WorkloadOptions = LoginOptions &
  PreregisteredClient & {
    /** The JWT that the platform issued to the workload, for this authorization server; asked for with every grant. */
    readonly assertion: () => string | Promise<string>
  }

/**
 * Gives access to a protected server with the identity that a platform gives to a workload (RFC 7523, section 2.1;
 * extension `io.modelcontextprotocol/auth/wif`). A refusal is final: nothing is tried in its place.
 */
export const workload = (url: URL | string, options: WorkloadOptions): Login => {
  const ask: Ask = async (endpoint, { protection: { resource } }, scope) =>
    requestGrant(endpoint, jwtBearer, { assertion: await options.assertion(), resource, scope })
  return machine(url, options, options, { name: 'workload', ask })
}

/** The identity provider that a company's users log in with, and who the client is there. */
export type IdentityProvider = Omit<PreregisteredClient, 'issuer'> & {
  readonly issuer: string
  /** @default the one in the issuer's metadata */
  readonly tokenEndpoint?: string | undefined
}

/** How a company's user gets in through the company's identity provider. */
export type EnterpriseOptions = LoginOptions & {
  /** Who the client is at the server's authorization server. */
  readonly client: PreregisteredClient
  readonly idp: IdentityProvider
  /** What the user's login with the identity provider gave: an ID token or a SAML assertion; asked for with every grant. */
  readonly subjectToken: () => string | Promise<string>
  /** @default 'urn:ietf:params:oauth:token-type:id_token' */
  readonly subjectTokenType?:
    | 'urn:ietf:params:oauth:token-type:id_token'
    | 'urn:ietf:params:oauth:token-type:saml2'
    | undefined
}

const idJag = 'urn:ietf:params:oauth:token-type:id-jag'
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'

const idpMetadata = async (
  reached: Reach,
  { issuer, tokenEndpoint }: IdentityProvider,
): Promise<{ server: ServerMetadata; reach: Reach }> => {
  // The company names its provider itself, as the user does the server: either may be on this machine, in a test.
  const reach = { ...reached, loopback: isLoopback(new URL(issuer)) }
  const server =
    tokenEndpoint === undefined ? await discoverServer(reach, issuer) : { issuer, token_endpoint: tokenEndpoint }
  return { server, reach }
}

/** Exchanges the user's identity for a grant to the server's authorization server, an ID-JAG. */
const exchange = async (reach: Reach, options: EnterpriseOptions, wish: Wish): Promise<string> => {
  const { idp, subjectToken, subjectTokenType = 'urn:ietf:params:oauth:token-type:id_token' } = options
  const { resource, server } = wish.protection
  const parameters = {
    requested_token_type: idJag,
    audience: server.issuer,
    resource,
    scope: scopeOf(wish),
    subject_token: await subjectToken(),
    subject_token_type: subjectTokenType,
  }
  const endpoint = { ...(await idpMetadata(reach, idp)), client: idp }
  const { accessToken, issuedTokenType } = await requestGrant(endpoint, exchangeGrant, parameters, true)
  if (issuedTokenType === idJag) return accessToken
  const compared = { expected: idJag, actual: issuedTokenType }
  throw new AuthError('token', 'The identity provider issued something else than an ID-JAG', compared)
}

/**
 * Gives access to a protected server through a company's identity provider, without asking the user again (extension
 * `io.modelcontextprotocol/enterprise-managed-authorization`): the user's identity is exchanged for a grant, and the
 * grant for a token.
 */
export const enterprise = (url: URL | string, options: EnterpriseOptions): Login => {
  const ask: Ask = async (endpoint, wish, scope) => {
    const assertion = await exchange(endpoint.reach, options, wish)
    const { resource } = wish.protection
    return requestGrant(endpoint, jwtBearer, { assertion, resource, scope })
  }
  return machine(url, options.client, options, { name: 'enterprise', ask })
}
