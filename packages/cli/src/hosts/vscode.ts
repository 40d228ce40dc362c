import { configFolder, joiner, typedEntry } from './host.ts'
import type { Host } from './host.ts'

/** Visual Studio Code. */
export const vscode: Host = {
  id: 'vscode',
  title: 'VS Code',
  scopes: ['user', 'project'],
  files: (machine, scope) => {
    const join = joiner(machine)
    const folder = scope === 'project' ? join(machine.cwd, '.vscode') : configFolder(machine, 'Code', 'User')
    const sign = scope === 'project' ? machine.cwd : folder
    return [{ path: join(folder, 'mcp.json'), format: 'json', section: ['servers'], sign }]
  },
  write: (entry) => typedEntry(entry),
  remote: true,
  secret: { reference: (name) => `\${input:${name}}`, source: 'asked for once, and kept by VS Code', asks: true },
  after: 'Start the server with "MCP: List Servers" in the command palette.',
}
