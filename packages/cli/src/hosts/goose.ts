import type { JsonObject } from '@parley/core'
import type { Entry } from '../entries.ts'
import { dotConfigFolder, ownFile, unlessEmpty } from './host.ts'
import type { Host, Machine } from './host.ts'

const folderOf = (machine: Machine): string =>
  dotConfigFolder(machine, ...(machine.platform === 'win32' ? ['Block', 'goose', 'config'] : ['goose']))

const write = (entry: Entry, name: string): JsonObject =>
  entry.kind === 'url'
    ? { name, type: 'streamable_http', uri: entry.url, ...unlessEmpty('headers', entry.headers), enabled: true }
    : {
        name,
        type: 'stdio',
        cmd: entry.command,
        args: [...entry.args],
        ...unlessEmpty('envs', entry.env),
        enabled: true,
      }

/** Goose; it keeps YAML. */
export const goose: Host = {
  id: 'goose',
  title: 'Goose',
  scopes: ['user'],
  files: ownFile({ name: 'config.yaml', format: 'yaml', section: 'extensions', user: folderOf }),
  write,
  remote: true,
  after: 'Start a new session in Goose.',
}
