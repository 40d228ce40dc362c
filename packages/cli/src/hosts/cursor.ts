import { joiner, plainEntry } from './host.ts'
import type { Host } from './host.ts'

/** Cursor. */
export const cursor: Host = {
  id: 'cursor',
  title: 'Cursor',
  scopes: ['user', 'project'],
  files: (machine, scope) => {
    const join = joiner(machine)
    const root = scope === 'project' ? machine.cwd : machine.home
    const folder = join(root, '.cursor')
    const sign = scope === 'project' ? machine.cwd : folder
    return [{ path: join(folder, 'mcp.json'), format: 'json', section: ['mcpServers'], sign }]
  },
  write: (entry) => plainEntry(entry),
  remote: true,
  secret: { reference: (name) => `\${env:${name}}`, source: 'read from the environment of Cursor' },
  after: 'Switch the server on in the settings of Cursor, under MCP.',
}
