import { joiner, typedEntry } from './host.ts'
import type { Host } from './host.ts'

/** Claude Code. Of two entries with one name, local comes before project, and project before user. */
export const claudeCode: Host = {
  id: 'claude-code',
  title: 'Claude Code',
  scopes: ['local', 'project', 'user'],
  files: (machine, scope) => {
    const join = joiner(machine)
    if (scope === 'project') {
      return [{ path: join(machine.cwd, '.mcp.json'), format: 'json', section: ['mcpServers'], sign: machine.cwd }]
    }
    const path = join(machine.home, '.claude.json')
    const section = scope === 'local' ? ['projects', machine.cwd, 'mcpServers'] : ['mcpServers']
    return [{ path, format: 'json', section, sign: path }]
  },
  write: typedEntry,
  remote: true,
  secret: { reference: (name) => `\${${name}}`, source: 'read from the environment of Claude Code' },
  after: 'Start Claude Code anew, or use /mcp there.',
}
