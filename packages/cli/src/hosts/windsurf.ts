import { joiner, plainEntry } from './host.ts'
import type { Host } from './host.ts'

/** Windsurf. */
export const windsurf: Host = {
  id: 'windsurf',
  title: 'Windsurf',
  scopes: ['user'],
  files: (machine) => {
    const join = joiner(machine)
    const folder = join(machine.home, '.codeium', 'windsurf')
    return [{ path: join(folder, 'mcp_config.json'), format: 'json', section: ['mcpServers'], sign: folder }]
  },
  write: (entry) => plainEntry(entry, 'serverUrl'),
  remote: true,
  secret: { reference: (name) => `\${env:${name}}`, source: 'read from the environment of Windsurf' },
  after: 'Press the refresh button beside the servers in Windsurf.',
}
