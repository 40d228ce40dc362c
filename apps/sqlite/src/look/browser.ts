import { spawn } from 'node:child_process'

const opener = (platform: NodeJS.Platform): [command: string, args: string[]] => {
  if (platform === 'darwin') return ['open', []]
  // The shell's own start would read the URL as a command line.
  return platform === 'win32' ? ['rundll32', ['url.dll,FileProtocolHandler']] : ['xdg-open', []]
}

const hasScreen = ({ DISPLAY, WAYLAND_DISPLAY }: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean =>
  platform === 'darwin' || platform === 'win32' || Boolean(DISPLAY ?? WAYLAND_DISPLAY)

/** Opens a URL in the person's browser, where there is a screen for one. That it could not is no error. */
export const openInBrowser = (url: string): void => {
  if (!hasScreen(process.env, process.platform)) return
  const [command, args] = opener(process.platform)
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
