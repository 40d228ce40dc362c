import { usage } from '../failure.ts'
import { configFolder, joiner, plainEntry } from './host.ts'
import type { Host, HostFile, Machine } from './host.ts'

const fileName = 'claude_desktop_config.json'

const fileIn = (machine: Machine, folder: string): HostFile => ({
  path: joiner(machine)(folder, fileName),
  format: 'json',
  section: ['mcpServers'],
  sign: folder,
})

/**
 * The folder of the packaged Windows version. Windows shows that one a profile of its own, so that what is written to the
 * usual place is never read by it.
 */
const packagedFolder = (machine: Machine): string | undefined => {
  if (machine.platform !== 'win32') return undefined
  const join = joiner(machine)
  const packages = join(machine.env['LOCALAPPDATA'] || join(machine.home, 'AppData', 'Local'), 'Packages')
  const folders = machine
    .list(packages)
    .filter((name) => /^Claude_/i.test(name))
    .map((name) => join(packages, name, 'LocalCache', 'Roaming', 'Claude'))
  const [only, another] = folders.filter((folder) => machine.exists(folder))
  if (another !== undefined) {
    throw usage(`There are several packages of Claude (${folders.join(', ')}): name the file with --config-path.`)
  }
  return only
}

/** Claude Desktop; its file knows no URLs. */
export const claudeDesktop: Host = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  scopes: ['user'],
  files: (machine) => {
    const usual = fileIn(machine, configFolder(machine, 'Claude'))
    const packaged = packagedFolder(machine)
    if (packaged === undefined) return [usual]
    const first = fileIn(machine, packaged)
    return machine.exists(usual.sign) ? [first, usual] : [first]
  },
  write: (entry) => plainEntry(entry),
  remote: false,
  after: 'Quit Claude Desktop and open it again.',
}
