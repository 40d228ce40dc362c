import { homeFolder, ownFile, plainEntry } from './host.ts'
import type { Host } from './host.ts'

/** Gemini CLI; its `url` means the older HTTP+SSE, so Streamable HTTP has a key of its own. */
export const gemini: Host = {
  id: 'gemini',
  title: 'Gemini CLI',
  scopes: ['user', 'project'],
  files: ownFile({
    name: 'settings.json',
    section: 'mcpServers',
    user: (machine) => homeFolder(machine, '.gemini'),
    project: '.gemini',
  }),
  write: (entry) => plainEntry(entry, { url: 'httpUrl' }),
  remote: true,
  after: 'Start Gemini CLI anew.',
}
