import { homeFolder, ownFile, plainEntry } from './host.ts'
import type { Host } from './host.ts'

/** Cursor. */
export const cursor: Host = {
  id: 'cursor',
  title: 'Cursor',
  scopes: ['user', 'project'],
  files: ownFile({
    name: 'mcp.json',
    section: 'mcpServers',
    user: (machine) => homeFolder(machine, '.cursor'),
    project: '.cursor',
  }),
  write: (entry) => plainEntry(entry),
  remote: true,
  secret: { reference: (name) => `\${env:${name}}`, source: 'read from the environment of Cursor' },
  after: 'Switch the server on in the settings of Cursor, under MCP.',
}
