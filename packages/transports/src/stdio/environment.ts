const posix = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER']

const windows = [
  'APPDATA',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'PATH',
  'PROCESSOR_ARCHITECTURE',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'USERNAME',
  'USERPROFILE',
]

/** The variables of a process's own environment that a server it starts is given unless told otherwise. */
export const inheritedByDefault = (platform: NodeJS.Platform = process.platform): readonly string[] =>
  platform === 'win32' ? windows : posix

/**
 * The environment that a server is started with: the named variables of `from`, then those of `given`.
 *
 * Secrets that happen to stand in the host's environment stay there. Exported shell functions are left out: their
 * text would be run by any shell that the server starts.
 */
export const environment = (
  given: Readonly<Record<string, string>> = {},
  names: readonly string[] = inheritedByDefault(),
  from: NodeJS.ProcessEnv = process.env,
): Record<string, string> => {
  const inherited = names.flatMap((name): [string, string][] => {
    const value = from[name]
    return value === undefined || value.startsWith('()') ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(inherited), ...given }
}
