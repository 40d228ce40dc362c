import { dotConfigFolder, ownFile, plainEntry } from './host.ts'
import type { Host } from './host.ts'

/** Zed; its settings are full of the user's own comments. */
export const zed: Host = {
  id: 'zed',
  title: 'Zed',
  scopes: ['user', 'project'],
  files: ownFile({
    name: 'settings.json',
    section: 'context_servers',
    user: (machine) => dotConfigFolder(machine, machine.platform === 'win32' ? 'Zed' : 'zed'),
    project: '.zed',
  }),
  write: (entry) => plainEntry(entry),
  remote: true,
  after: 'Zed reads it at once.',
}
