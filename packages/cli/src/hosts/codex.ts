import type { JsonObject } from '@parley/core'
import type { Entry } from '../entries.ts'
import { joiner, plainEntry } from './host.ts'
import type { Host } from './host.ts'

const write = (entry: Entry): JsonObject => {
  if (entry.kind === 'stdio') return plainEntry(entry)
  const { url, headers } = entry
  return { url, ...(Object.keys(headers).length === 0 ? {} : { http_headers: { ...headers } }) }
}

/** Codex; it keeps TOML. */
export const codex: Host = {
  id: 'codex',
  title: 'Codex',
  scopes: ['user', 'project'],
  files: (machine, scope) => {
    const join = joiner(machine)
    const own = machine.env['CODEX_HOME'] || join(machine.home, '.codex')
    const folder = scope === 'project' ? join(machine.cwd, '.codex') : own
    const sign = scope === 'project' ? machine.cwd : folder
    return [{ path: join(folder, 'config.toml'), format: 'toml', section: ['mcp_servers'], sign }]
  },
  write,
  remote: true,
  after: 'Start Codex anew.',
}
