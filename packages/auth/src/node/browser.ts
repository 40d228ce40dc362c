import { spawn } from 'node:child_process'

/** A program and what it is started with. */
export type BrowserCommand = { readonly command: string; readonly args: readonly string[] }

/** What opens a URL on a platform, without a shell; undefined where there is nothing to open it with. */
export const browserCommand = (
  url: URL,
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): BrowserCommand | undefined => {
  // What handles other schemes runs programs; a URL that a stranger sent has no business there (Y1, T31).
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined
  if (platform === 'darwin') return { command: 'open', args: [url.href] }
  if (platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', url.href] }
  const hasScreen = env['DISPLAY'] !== undefined || env['WAYLAND_DISPLAY'] !== undefined
  return hasScreen ? { command: 'xdg-open', args: [url.href] } : undefined
}

/** Opens a URL in the user's browser, if that can be done. Whether it worked is not known; show the URL as well. */
export const openBrowser = (url: URL): void => {
  const chosen = browserCommand(url)
  if (chosen === undefined) return
  const child = spawn(chosen.command, [...chosen.args], { stdio: 'ignore', detached: true, shell: false })
  // There may be no such program. The URL has been shown.
  child.on('error', () => undefined)
  child.unref()
}
