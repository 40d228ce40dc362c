import { joiner, plainEntry } from './host.ts'
import type { Host, Machine } from './host.ts'

// Zed keeps to ~/.config on a Mac, too.
const userFolder = (machine: Machine): string => {
  const join = joiner(machine)
  const { platform, env, home } = machine
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'Zed')
  const config = platform === 'linux' ? env['XDG_CONFIG_HOME'] || join(home, '.config') : join(home, '.config')
  return join(config, 'zed')
}

/** Zed; its settings are full of the user's own comments. */
export const zed: Host = {
  id: 'zed',
  title: 'Zed',
  scopes: ['user', 'project'],
  files: (machine, scope) => {
    const join = joiner(machine)
    const folder = scope === 'project' ? join(machine.cwd, '.zed') : userFolder(machine)
    const sign = scope === 'project' ? machine.cwd : folder
    return [{ path: join(folder, 'settings.json'), format: 'json', section: ['context_servers'], sign }]
  },
  write: (entry) => plainEntry(entry),
  remote: true,
  after: 'Zed reads it at once.',
}
