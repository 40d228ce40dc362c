import { spawn } from 'node:child_process'

const opener = (platform: NodeJS.Platform): [command: string, args: string[]] => {
  if (platform === 'darwin') return ['open', []]
  // The shell's own start would read the URL as a command line.
  return platform === 'win32' ? ['rundll32', ['url.dll,FileProtocolHandler']] : ['xdg-open', []]
}

/** Whether there is a screen to open a page on. */
export const hasScreen = (
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean => platform === 'darwin' || platform === 'win32' || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY'])

/** Opens a URL in the user's browser, if there is one; its address is printed elsewhere all the same. */
export const openPage = (url: string): void => {
  if (!hasScreen()) return
  const [command, args] = opener(process.platform)
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
