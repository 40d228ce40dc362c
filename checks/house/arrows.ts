/** What one package may import: other packages of ours, and packages of others. */
export type Arrow = { readonly ours: readonly string[]; readonly others: readonly string[] }

/**
 * The arrows between packages; a package without a line here is refused. `server`, `client` and `transports` never
 * import one another: they meet on `Responder` and `Dial` in `protocol`.
 */
export const arrows: Readonly<Record<string, Arrow>> = {
  core: { ours: [], others: ['ajv'] },
  protocol: { ours: ['core'], others: [] },
  server: { ours: ['core', 'protocol'], others: [] },
  client: { ours: ['core', 'protocol'], others: [] },
  transports: { ours: ['core', 'protocol'], others: ['eventsource-parser', 'ws'] },
  auth: { ours: ['core'], others: ['jose', 'oauth4webapi'] },
  proxy: { ours: ['core', 'protocol', 'server', 'client'], others: [] },
  inspector: { ours: ['core', 'protocol', 'client'], others: [] },
  cli: {
    ours: ['core', 'protocol', 'server', 'client', 'transports', 'auth', 'proxy', 'inspector', 'testing'],
    others: [
      '@clack/prompts',
      '@swc/wasm-typescript',
      'chokidar',
      'commander',
      'diff',
      'jsonc-parser',
      'smol-toml',
      'yaml',
    ],
  },
  testing: { ours: ['core', 'protocol', 'server', 'client', 'transports'], others: ['vitest'] },
}

/** Packages that must run wherever the web's own interfaces are. */
export const neutralPackages: readonly string[] = ['core', 'protocol', 'server', 'client']

// The roads over the network run on the web's own interfaces; what stands on Node's is in files that say so.
const isNeutralRoad = (road: string, file: string): boolean => road !== 'stdio' && !/^node(?:-[a-z-]+)?\.ts$/.test(file)

/** Whether a source file runs without Node: all of a neutral package but its `node` subpath, and the roads but stdio. */
export const isNeutral = (path: string): boolean => {
  const [folder, name, src, first = '', second = ''] = path.split('/')
  if (folder !== 'packages' || name === undefined || src !== 'src') return false
  if (name === 'transports') return isNeutralRoad(first, second)
  return neutralPackages.includes(name) && !/^node(?:\.ts)?$/.test(first)
}

/** The only workspaces that may name an MCP SDK: they hold ours against it. */
export const sdkWorkspaces: readonly string[] = ['checks/interop', 'checks/conformance', 'checks/bench']

/** MCP SDKs and frameworks by package name; a scope ends in a slash. */
export const sdks: readonly string[] = ['@modelcontextprotocol/', 'fastmcp', 'tmcp', '@tmcp/', 'mcp-framework']

/** The package that an import specifier names: `@scope/name/sub` and `name/sub` without their subpath. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
