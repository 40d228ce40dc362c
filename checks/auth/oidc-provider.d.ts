// The package brings no types, and those of the registry bring a framework's along. Only what is used here is declared.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  /** What a request has become, as far as a listener looks at it. */
  export type Context = {
    readonly body?: unknown
    readonly oidc?: { readonly params?: Readonly<Record<string, unknown>>; readonly route?: string }
  }

  export class Provider {
    constructor(issuer: string, configuration: object)
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void
    on(event: string, listener: (...values: never[]) => void): this
  }
}
