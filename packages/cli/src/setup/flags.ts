/** What the command line says of where and how to install. */
export type SetupFlags = {
  readonly to?: readonly string[]
  readonly name?: string
  readonly env?: readonly string[]
  readonly envVar?: readonly string[]
  readonly header?: readonly string[]
  readonly envFile?: readonly string[]
  readonly published?: boolean
  readonly secret?: readonly string[]
  readonly unset?: readonly string[]
  readonly scope?: 'user' | 'project' | 'local'
  readonly configPath?: string
  readonly dryRun?: boolean
  readonly force?: boolean
  readonly copy?: boolean
  readonly with?: readonly string[]
  readonly withEditable?: readonly string[]
  readonly json?: boolean
  readonly start?: boolean
}
