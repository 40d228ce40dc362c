import { joiner, plainEntry } from './host.ts'
import type { Host } from './host.ts'

/** Gemini CLI; its `url` means the older HTTP+SSE, so Streamable HTTP has a key of its own. */
export const gemini: Host = {
  id: 'gemini',
  title: 'Gemini CLI',
  scopes: ['user', 'project'],
  files: (machine, scope) => {
    const join = joiner(machine)
    const folder = join(scope === 'project' ? machine.cwd : machine.home, '.gemini')
    const sign = scope === 'project' ? machine.cwd : folder
    return [{ path: join(folder, 'settings.json'), format: 'json', section: ['mcpServers'], sign }]
  },
  write: (entry) => plainEntry(entry, 'httpUrl'),
  remote: true,
  after: 'Start Gemini CLI anew.',
}
