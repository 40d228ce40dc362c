import { homeFolder, ownFile, plainEntry } from './host.ts'
import type { Host } from './host.ts'

/** Codex; it keeps TOML. */
export const codex: Host = {
  id: 'codex',
  title: 'Codex',
  scopes: ['user', 'project'],
  files: ownFile({
    name: 'config.toml',
    format: 'toml',
    section: 'mcp_servers',
    user: (machine) => machine.env['CODEX_HOME'] || homeFolder(machine, '.codex'),
    project: '.codex',
  }),
  write: (entry) => plainEntry(entry, { headers: 'http_headers' }),
  remote: true,
  after: 'Start Codex anew.',
}
