import type { Scope } from '../hosts/host.ts'
import type { ServerFlags } from '../options.ts'

/** What the command line says of where and how to install. */
export type SetupFlags = ServerFlags & {
  readonly to?: readonly string[]
  readonly name?: string
  readonly envVar?: readonly string[]
  readonly published?: boolean
  readonly secret?: readonly string[]
  readonly unset?: readonly string[]
  readonly scope?: Scope
  readonly configPath?: string
  readonly dryRun?: boolean
  readonly force?: boolean
  readonly copy?: boolean
  readonly json?: boolean
  readonly start?: boolean
}
