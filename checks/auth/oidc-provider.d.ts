// The package brings no types, and those of the registry bring a framework's along. Only what is used here is declared.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  /** What a request has become, as far as a listener looks at it. */
  export type Context = {
    readonly body?: unknown
    readonly status: number
    readonly oidc?: { readonly params?: Readonly<Record<string, unknown>>; readonly route?: string }
  }

  /** A stored thing of the provider's: a token, a grant, a client. */
  export type Stored = { readonly grantId?: string; destroy(): Promise<void> }

  export class Provider {
    constructor(issuer: string, configuration: object)
    readonly RefreshToken: { find(value: string): Promise<Stored | undefined> }
    readonly AccessToken: {
      find(value: string): Promise<Stored | undefined>
      revokeByGrantId(id: string): Promise<void>
    }
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void
    on(event: string, listener: (...values: never[]) => void): this
  }
}
