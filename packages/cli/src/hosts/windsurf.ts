import { homeFolder, ownFile, plainEntry } from './host.ts'
import type { Host } from './host.ts'

/** Windsurf. */
export const windsurf: Host = {
  id: 'windsurf',
  title: 'Windsurf',
  scopes: ['user'],
  files: ownFile({
    name: 'mcp_config.json',
    section: 'mcpServers',
    user: (machine) => homeFolder(machine, '.codeium', 'windsurf'),
  }),
  write: (entry) => plainEntry(entry, { url: 'serverUrl' }),
  remote: true,
  secret: { reference: (name) => `\${env:${name}}`, source: 'read from the environment of Windsurf' },
  after: 'Press the refresh button beside the servers in Windsurf.',
}
