/** What the command line says of how to talk to a server. */
export type TalkFlags = {
  readonly json?: boolean
  readonly era?: 'auto' | 'legacy' | 'modern'
  readonly header?: readonly string[]
  readonly timeout?: string
  readonly quiet?: boolean
  readonly env?: readonly string[]
  readonly envFile?: readonly string[]
  readonly with?: readonly string[]
  readonly withEditable?: readonly string[]
  /** Of `call`. */
  readonly args?: string
  /** Of `call`. */
  readonly answer?: readonly string[]
  /** Of `read`. */
  readonly output?: string
}

/** What stands on the command line beside flags: words, and a command after `--`. */
export type Line = { readonly words: readonly string[]; readonly command: readonly string[] | undefined }
