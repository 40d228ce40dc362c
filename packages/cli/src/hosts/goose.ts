import type { JsonObject } from '@parley/core'
import type { Entry } from '../entries.ts'
import { joiner } from './host.ts'
import type { Host, Machine } from './host.ts'

const folderOf = (machine: Machine): string => {
  const join = joiner(machine)
  const { platform, env, home } = machine
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'Block', 'goose', 'config')
  const config = platform === 'linux' ? env['XDG_CONFIG_HOME'] || join(home, '.config') : join(home, '.config')
  return join(config, 'goose')
}

const write = (entry: Entry, name: string): JsonObject => {
  if (entry.kind === 'url') {
    const headers = Object.keys(entry.headers).length === 0 ? {} : { headers: { ...entry.headers } }
    return { name, type: 'streamable_http', uri: entry.url, ...headers, enabled: true }
  }
  const envs = Object.keys(entry.env).length === 0 ? {} : { envs: { ...entry.env } }
  return { name, type: 'stdio', cmd: entry.command, args: [...entry.args], ...envs, enabled: true }
}

/** Goose; it keeps YAML. */
export const goose: Host = {
  id: 'goose',
  title: 'Goose',
  scopes: ['user'],
  files: (machine) => {
    const folder = folderOf(machine)
    return [{ path: joiner(machine)(folder, 'config.yaml'), format: 'yaml', section: ['extensions'], sign: folder }]
  },
  write,
  remote: true,
  after: 'Start a new session in Goose.',
}
