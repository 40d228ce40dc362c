import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

// Debian keeps what runs as a service where only root's PATH looks.
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Where a command is; undefined where it is not installed. */
export const commandPath = (name: string): string | undefined =>
  folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)

/** The title of tests that need a command: it says so aloud where that is missing. */
export const titleWith = (title: string, command: string, path: string | undefined): string =>
  path === undefined ? `${title}: SKIPPED, for want of ${command} (Debian: apt-get install ${command})` : title
