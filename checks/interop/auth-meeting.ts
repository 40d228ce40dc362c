/** A protected server with two tools: `whoami` takes `echo:read`, and `write` takes `echo:write` as well. */
export type Protected = {
  readonly url: string
  close(): Promise<void>
}

/** A client that logs in when it is asked to. */
export type Caller = {
  readonly version: string
  /** Calls a tool, with whatever login that takes, and gives its text. */
  call(tool: string): Promise<string>
  close(): Promise<void>
}
