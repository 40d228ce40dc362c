import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Serve } from './serving.ts'

const cli = dirname(createRequire(import.meta.url).resolve('@parley/cli/package.json'))

/** The words after `node` that serve over stdio what a URL, or an entry of a configuration, names. */
export const bridgeTo = (target: string): string[] => [join(cli, 'dist', 'main.js'), 'run', target]

/** A server over HTTP, met over stdio: each visitor starts a bridge to it. */
export const overBridge =
  (behind: Serve): Serve =>
  async () => {
    const { address, close } = await behind()
    if (!('url' in address)) throw new TypeError('Only what has a URL can be bridged to')
    return { address: { command: process.execPath, args: bridgeTo(address.url) }, close }
  }
