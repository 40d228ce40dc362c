/** A runtime that checks may run: its executable is fetched from npm. */
export type Runtime = 'node22' | 'node24' | 'bun' | 'deno' | 'workerd'

/**
 * The folder in whose `node_modules` that very version of an npm package lies. The first call installs it, without
 * running its scripts, and says so on stderr; several callers share one install. Rejects with what npm said.
 */
export const tool: (name: string, version: string) => Promise<string>

/**
 * The path of a runtime's executable, which has answered `--version`. Rejects where there is no build for this platform,
 * the registry cannot be reached, or the executable does not start.
 */
export const binary: (name: Runtime) => Promise<string>

/** The version of a runtime that `binary` fetches. */
export const versionOf: (name: Runtime) => string
