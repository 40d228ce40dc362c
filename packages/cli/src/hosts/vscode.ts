import { configFolder, ownFile, typedEntry } from './host.ts'
import type { Host } from './host.ts'

/** Visual Studio Code. */
export const vscode: Host = {
  id: 'vscode',
  title: 'VS Code',
  scopes: ['user', 'project'],
  files: ownFile({
    name: 'mcp.json',
    section: 'servers',
    user: (machine) => configFolder(machine, 'Code', 'User'),
    project: '.vscode',
  }),
  write: typedEntry,
  remote: true,
  secret: { reference: (name) => `\${input:${name}}`, source: 'asked for once, and kept by VS Code', asks: true },
  after: 'Start the server with "MCP: List Servers" in the command palette.',
}
