import type { Machine } from '../src/hosts/host.ts'

/** A machine that exists in a test alone: its folders are those that are named. */
export const machine = (
  platform: 'linux' | 'darwin' | 'win32',
  options: { env?: Record<string, string>; folders?: readonly string[]; cwd?: string } = {},
): Machine => {
  const { env = {}, folders = [] } = options
  const home = platform === 'win32' ? 'C:\\Users\\Ada' : platform === 'darwin' ? '/Users/ada' : '/home/ada'
  const separator = platform === 'win32' ? '\\' : '/'
  const below = (folder: string, path: string): boolean => path.startsWith(`${folder}${separator}`)
  return {
    platform,
    home,
    env,
    cwd: options.cwd ?? (platform === 'win32' ? 'C:\\work\\bank' : `${home}/bank`),
    exists: (path) => folders.some((folder) => folder === path || below(path, folder)),
    list: (folder) => [
      ...new Set(
        folders
          .filter((each) => below(folder, each))
          .map((each) => each.slice(folder.length + 1).split(separator)[0] ?? ''),
      ),
    ],
  }
}
