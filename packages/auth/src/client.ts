export { AuthorizationRequired } from './client/authorization-session.ts'
export type { AuthorizationSession } from './client/authorization-session.ts'
export type { WebFetch } from './client/bearer.ts'
export { readChallenges } from './client/challenge.ts'
export type { Challenge } from './client/challenge.ts'
export { checkedFetch } from './client/checked-fetch.ts'
export type { CheckedFetchOptions } from './client/checked-fetch.ts'
export { AuthError } from './client/errors.ts'
export type { AuthCheck, AuthErrorOptions } from './client/errors.ts'
export type { LoginOptions } from './client/foundation.ts'
export type { ClientIdentity, PreregisteredClient } from './client/identity.ts'
export type { ClientAuthMethod, KnownClient, SigningKey } from './client/known-client.ts'
export type { AuthorizeOptions, Login, UserLogin } from './client/login.ts'
export { clientCredentials, enterprise, workload } from './client/machine.ts'
export type {
  ClientCredentialsOptions,
  EnterpriseOptions,
  IdentityProvider,
  WorkloadOptions,
} from './client/machine.ts'
export type { SafeFetch, SafeFetchInit } from './client/metadata-fetch.ts'
export { oauth } from './client/oauth.ts'
export { redirectBy } from './client/redirect-flow.ts'
export type { RedirectFlow, RedirectPlace } from './client/redirect-flow.ts'
export type { ClientMetadata } from './client/registration.ts'
export type { ServerMetadata } from './client/server-metadata.ts'
export { memoryStore } from './client/store.ts'
export type { CredentialStore } from './client/store.ts'
export type { OAuthOptions } from './client/user-grantor.ts'
